"""Maps on paper: the house style, the layers of a case as it draws them, layouts filled in and exported."""
