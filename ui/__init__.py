"""Dialogs and docks. They collect and show; what is computed is computed in ``core``, by the algorithms or directly."""
