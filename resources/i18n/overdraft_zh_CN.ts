<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>@default</name>
    <message>
        <source>Groundwater Zoning</source>
        <translation>地下水超采分区</translation>
    </message>
    <message>
        <source>The sample layers are not there: {folder} holds no project. Run make sample in the source folder.</source>
        <translation>没有示例图层：{folder} 中没有项目文件。请在源代码目录中运行 make sample。</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Python packages are missing, the algorithms cannot run yet: {names}</source>
        <translation>缺少 Python 软件包，算法暂时不能运行：{names}</translation>
    </message>
    <message>
        <source>How to get them</source>
        <translation>如何获得</translation>
    </message>
    <message>
        <source>Register</source>
        <translation>登记册</translation>
    </message>
    <message>
        <source>Enforcement</source>
        <translation>核查</translation>
    </message>
    <message>
        <source>CASE: there is no file {path}. Choose an existing case file (*.gpkg) or leave it empty.</source>
        <translation>CASE（案卷文件）：没有文件 {path}。请选择已有的案卷文件（*.gpkg），或留空。</translation>
    </message>
    <message>
        <source>CASE: {path} is not a case file. Choose a file made by Create empty case file or Run overlay, or give the layers one by one.</source>
        <translation>CASE（案卷文件）：{path} 不是案卷文件。请选择由“新建空案卷文件”或“叠加核查”生成的文件，或逐个给出图层。</translation>
    </message>
    <message>
        <source>{name} is needed: give the layer {label}, or a case file (CASE) that holds it.</source>
        <translation>缺少 {name}：请给出图层“{label}”，或含有该图层的案卷文件（CASE）。</translation>
    </message>
    <message>
        <source>{name} is needed: the case file {path} holds no rows in {role}. Give the layer {label}, or a case file that holds it.</source>
        <translation>缺少 {name}：案卷文件 {path} 的 {role} 表中没有记录。请给出图层“{label}”，或含有该图层的案卷文件。</translation>
    </message>
    <message>
        <source>{name}: {found} is not known. Allowed: {allowed}, or empty.</source>
        <translation>{name}：不认识 {found}。可用：{allowed}，或留空。</translation>
    </message>
    <message>
        <source>{name}: {found} is no length. Give a number of metres, 0 or more.</source>
        <translation>{name}：{found} 不是长度。请给出不小于 0 的米数。</translation>
    </message>
    <message>
        <source>{name}: {found} is no day. Write it as year-month-day, such as 2025-12-31.</source>
        <translation>{name}：{found} 不是日期。请写作 年-月-日，例如 2025-12-31。</translation>
    </message>
    <message>
        <source>{name}: {day} is later than the day of judgement, {as_of} (AS_OF). Give that day or an earlier one.</source>
        <translation>{name}：{day} 晚于判断日 {as_of}（AS_OF）。请给出该日或更早的日期。</translation>
    </message>
    <message>
        <source>A policy is needed: choose one in POLICY ({known}), or give your own POLICY_FILE.</source>
        <translation>需要政策：请在 POLICY 中选择（{known}），或给出自备的 POLICY_FILE。</translation>
    </message>
    <message>
        <source>POLICY_FILE: there is no file {path}. Choose an existing policy file (*.toml).</source>
        <translation>POLICY_FILE（政策文件）：没有文件 {path}。请选择已有的政策文件（*.toml）。</translation>
    </message>
    <message>
        <source>{name}: the layer {found} cannot be opened. Check that it exists and that QGIS can show it.</source>
        <translation>{name}：图层 {found} 无法打开。请检查它是否存在、QGIS 能否显示它。</translation>
    </message>
    <message>
        <source>points</source>
        <translation>点</translation>
    </message>
    <message>
        <source>polygons</source>
        <translation>面</translation>
    </message>
    <message>
        <source>lines</source>
        <translation>线</translation>
    </message>
    <message>
        <source>{name}: the layer {layer} holds {found}, but {wanted} are needed. Choose another layer.</source>
        <translation>{name}：图层 {layer} 的几何类型是 {found}，需要的是{wanted}。请选择其他图层。</translation>
    </message>
    <message>
        <source>{name}: the layer {layer} has no coordinate reference system, so nobody can tell where it lies. Set the one it was made in (Layer Properties, Source), or save the layer with it, and run again.</source>
        <translation>{name}：图层 {layer} 没有坐标参照系，无法确定其位置。请设置它制作时所用的坐标系（图层属性 → 数据源），或带坐标系另存后再运行。</translation>
    </message>
    <message>
        <source>{name}: there is no folder {folder}. Create it or choose another one.</source>
        <translation>{name}：没有文件夹 {folder}。请新建，或另选一个。</translation>
    </message>
    <message>
        <source>{name} and {other} name the same file {path}. Give each its own.</source>
        <translation>{name} 和 {other} 指向同一文件 {path}。请分别给出文件名。</translation>
    </message>
    <message>
        <source>{name}: {path} is also read, as {other}. Choose another file: inputs are never changed.</source>
        <translation>{name}：{path} 同时作为 {other} 被读取。请另选文件：输入数据绝不改动。</translation>
    </message>
    <message>
        <source>{name}: {path} is a case file and would be lost. Choose another name.</source>
        <translation>{name}：{path} 是案卷文件，写入会使其丢失。请另取文件名。</translation>
    </message>
    <message>
        <source>tables of the register</source>
        <translation>登记册各表</translation>
    </message>
    <message>
        <source>geometry and the spatial index</source>
        <translation>几何与空间索引</translation>
    </message>
    <message>
        <source>layers as tables with geometry</source>
        <translation>带几何的图层表</translation>
    </message>
    <message>
        <source>coordinates and areas on the ellipsoid</source>
        <translation>坐标转换与椭球面积</translation>
    </message>
    <message>
        <source>the report page</source>
        <translation>报告网页</translation>
    </message>
    <message>
        <source>{name} {version} or newer ({why})</source>
        <translation>{name} {version} 或更高版本（{why}）</translation>
    </message>
    <message>
        <source>Python packages are missing: {packages}. {how}</source>
        <translation>缺少 Python 软件包：{packages}。{how}</translation>
    </message>
    <message>
        <source>Open the OSGeo4W setup, choose Advanced install, select the packages python3-… for: {names}. Then restart QGIS.</source>
        <translation>打开 OSGeo4W 安装程序，选择“高级安装”，勾选下列软件包（名称为 python3-…）：{names}。然后重新启动 QGIS。</translation>
    </message>
    <message>
        <source>Use a QGIS from conda-forge (conda install -c conda-forge qgis {names}) or the official QGIS package of the newest release, which brings them. Then restart QGIS.</source>
        <translation>请使用 conda-forge 的 QGIS（conda install -c conda-forge qgis {names}），或自带这些软件包的最新官方 QGIS 安装包。然后重新启动 QGIS。</translation>
    </message>
    <message>
        <source>On Debian 13, Ubuntu 24.10 or newer: sudo apt install {debian}. On older systems run make install in the source folder of the plugin, which builds what is too old there. Then restart QGIS.</source>
        <translation>Debian 13、Ubuntu 24.10 或更新的系统：sudo apt install {debian}。较旧的系统请在插件源代码目录中运行 make install，它会编译系统中过旧的软件包。然后重新启动 QGIS。</translation>
    </message>
    <message>
        <source>Classified wells</source>
        <translation>已归类机井</translation>
    </message>
    <message>
        <source>Case file of this run</source>
        <translation>本次运行的案卷文件</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>The older case file is kept as {path}</source>
        <translation>旧案卷文件已备份为 {path}</translation>
    </message>
    <message>
        <source>Balance by pool</source>
        <translation>按核算单元平衡表</translation>
    </message>
    <message>
        <source>Ledger</source>
        <translation>台账</translation>
    </message>
    <message>
        <source>Lines between paired wells</source>
        <translation>配对机井连线</translation>
    </message>
    <message>
        <source>Balance by unit</source>
        <translation>按单元平衡表</translation>
    </message>
    <message>
        <source>{driver} kept only {stored} of {n} rows of {name}. Choose another format, such as GeoPackage.</source>
        <translation>{driver} 格式只保存了 {name} 的 {n} 行中的 {stored} 行。请改用其他格式，例如 GeoPackage。</translation>
    </message>
    <message>
        <source>Case file</source>
        <translation>案卷文件</translation>
    </message>
    <message>
        <source>Policy</source>
        <translation>政策</translation>
    </message>
    <message>
        <source>Policy file</source>
        <translation>政策文件</translation>
    </message>
    <message>
        <source>As of (empty: today)</source>
        <translation>数据截止日期（空：今天）</translation>
    </message>
    <message>
        <source>Baseline (empty: as the policy says)</source>
        <translation>基准日（空：按政策）</translation>
    </message>
    <message>
        <source>Baseline of retirement (empty: as the policy says)</source>
        <translation>退减基准日（空：按政策）</translation>
    </message>
    <message>
        <source>Reading of reduce two, renew one (empty: as the policy says)</source>
        <translation>“减二更一”的解读（空：按政策）</translation>
    </message>
    <message>
        <source>Pool of the ledger (empty: as the policy says)</source>
        <translation>台账核算级别（空：按政策）</translation>
    </message>
    <message>
        <source>Basis of areas (empty: as the policy says)</source>
        <translation>面积口径（空：按政策）</translation>
    </message>
    <message>
        <source>Judge a parent unit by its own sum only (not ticked: as the policy says)</source>
        <translation>上级单元只按自身合计判断（不勾选：按政策）</translation>
    </message>
    <message>
        <source>Language of the outputs (empty: that of QGIS)</source>
        <translation>输出语言（空：与 QGIS 相同）</translation>
    </message>
    <message>
        <source>Distance limit (m; 0: no distances)</source>
        <translation>距离上限（米；0：不计算距离）</translation>
    </message>
    <message>
        <source>Position accuracy (m; 0: no doubt is raised)</source>
        <translation>坐标精度（米；0：不标存疑）</translation>
    </message>
    <message>
        <source>Overdraft: groundwater over-extraction zoning</source>
        <translation>Overdraft：地下水超采区划</translation>
    </message>
    <message>
        <source>{label}: {n} rows read</source>
        <translation>{label}：读入 {n} 行</translation>
    </message>
    <message>
        <source>{name}: {n} geometries could not be read; their rows are kept without a place</source>
        <translation>{name}：{n} 个几何无法读取；其记录保留，但没有位置</translation>
    </message>
    <message>
        <source>{rule}: {n} × {outcome}</source>
        <translation>{rule}：{outcome} {n} 项</translation>
    </message>
    <message>
        <source>Wells by worst outcome: {counts}</source>
        <translation>机井按最差结论统计：{counts}</translation>
    </message>
    <message>
        <source>{label} (needed, here or in the case file)</source>
        <translation>{label}（必需，在此给出或在案卷文件中）</translation>
    </message>
    <message>
        <source>Policy (needed, or a policy file)</source>
        <translation>政策（必需，或给出政策文件）</translation>
    </message>
    <message>
        <source>Planning</source>
        <translation>规划</translation>
    </message>
    <message>
        <source>Siting</source>
        <translation>选址</translation>
    </message>
    <message>
        <source>{name} is needed: choose the case file of a run (*.gpkg).</source>
        <translation>缺少 {name}：请选择一次核查的案卷文件（*.gpkg）。</translation>
    </message>
    <message>
        <source>{name}: there is no file {path}. Choose an existing case file (*.gpkg).</source>
        <translation>{name}：没有文件 {path}。请选择已有的案卷文件（*.gpkg）。</translation>
    </message>
    <message>
        <source>{name}: {path} holds no run. Choose a case file that Run overlay has written.</source>
        <translation>{name}：{path} 中没有核查记录。请选择由“叠加核查”写出的案卷文件。</translation>
    </message>
    <message>
        <source>a whole number from {low} to {high}</source>
        <translation>{low} 到 {high} 之间的整数</translation>
    </message>
    <message>
        <source>a number, {low} or more</source>
        <translation>不小于 {low} 的数</translation>
    </message>
    <message>
        <source>{name}: {found} is not allowed. Give {wanted}, or leave it empty.</source>
        <translation>{name}：不能用 {found}。请给出{wanted}，或留空。</translation>
    </message>
    <message>
        <source>BOUNDS: the table {layer} lacks the columns {missing}. Needed: level, key, lower_m3, upper_m3 (an empty cell sets no limit); parent_id where a key stands below several.</source>
        <translation>BOUNDS（上下限）：表 {layer} 缺少字段 {missing}。需要：level、key、lower_m3、upper_m3（空值表示不限）；同一编号有多个上级时另需 parent_id。</translation>
    </message>
    <message>
        <source>BOUNDS: the column {column} holds text, but volumes in m³ are needed.</source>
        <translation>BOUNDS（上下限）：字段 {column} 是文本，需要以 m³ 计的水量。</translation>
    </message>
    <message>
        <source>Level of the units with caps (empty: county)</source>
        <translation>有指标的单元级别（空：县级）</translation>
    </message>
    <message>
        <source>Split down to (empty: township, user, well)</source>
        <translation>分解到（空：乡级、用水户、机井）</translation>
    </message>
    <message>
        <source>Shared out by (empty: irrigated area times quota)</source>
        <translation>分配依据（空：灌溉面积×定额）</translation>
    </message>
    <message>
        <source>Year (empty: that of the day of judgement)</source>
        <translation>年份（空：截止日期所在年份）</translation>
    </message>
    <message>
        <source>Caps in m³, a line each: unit = m³ (empty: as the policy and the indices say)</source>
        <translation>指标（m³），每行：单元 = m³（空：按政策和指标表）</translation>
    </message>
    <message>
        <source>Limits of single users or wells</source>
        <translation>个别用水户或机井的上下限</translation>
    </message>
    <message>
        <source>No well gets more than its permitted volume</source>
        <translation>机井分配水量不超过许可水量</translation>
    </message>
    <message>
        <source>Quota allocation</source>
        <translation>指标分解表</translation>
    </message>
    <message>
        <source>Subjects by rule and clause</source>
        <translation>按规则和条款的对象数</translation>
    </message>
    <message>
        <source>Case file of the earlier run (needed)</source>
        <translation>前一次核查的案卷文件（必需）</translation>
    </message>
    <message>
        <source>Case file of the later run (needed)</source>
        <translation>后一次核查的案卷文件（必需）</translation>
    </message>
    <message>
        <source>Totals of the comparison</source>
        <translation>对比汇总</translation>
    </message>
    <message>
        <source>Findings that entered</source>
        <translation>新增结论</translation>
    </message>
    <message>
        <source>Findings that left</source>
        <translation>消失结论</translation>
    </message>
    <message>
        <source>Findings that changed</source>
        <translation>变化结论</translation>
    </message>
    <message>
        <source>Wells that entered, left or changed</source>
        <translation>增减变化的机井</translation>
    </message>
    <message>
        <source>Irrigation areas that entered, left or changed</source>
        <translation>增减变化的灌溉地块</translation>
    </message>
    <message>
        <source>Findings: {entered} entered, {left} left, {changed} changed</source>
        <translation>结论：新增 {entered}，消失 {left}，变化 {changed}</translation>
    </message>
    <message>
        <source>Year (empty: every year with figures)</source>
        <translation>年份（空：所有有数据的年份）</translation>
    </message>
    <message>
        <source>Reading of the bands (empty: as the policy says)</source>
        <translation>分档的解读（空：按政策）</translation>
    </message>
    <message>
        <source>Over-plan charges</source>
        <translation>超计划累进收费表</translation>
    </message>
    <message>
        <source>Totals by township and county</source>
        <translation>按乡级和县级合计</translation>
    </message>
    <message>
        <source>Finest coefficient used (empty: well)</source>
        <translation>采用的最细系数（空：本井）</translation>
    </message>
    <message>
        <source>Use calibrated coefficients where none is given</source>
        <translation>没有给定系数时采用率定系数</translation>
    </message>
    <message>
        <source>Fields of the wells that make a stratum (empty: aquifer)</source>
        <translation>构成分层的机井字段（空：aquifer）</translation>
    </message>
    <message>
        <source>Water from electricity</source>
        <translation>以电折水水量表</translation>
    </message>
    <message>
        <source>Coefficients of wells</source>
        <translation>机井以电折水系数</translation>
    </message>
    <message>
        <source>Calibration by stratum and year</source>
        <translation>分层逐年率定</translation>
    </message>
    <message>
        <source>Smallest plausible coefficient (m³/kWh; empty: as the policy says, else 0.5)</source>
        <translation>合理系数下限（m³/kWh；空：按政策，否则 0.5）</translation>
    </message>
    <message>
        <source>Largest plausible coefficient (m³/kWh; empty: as the policy says, else 8)</source>
        <translation>合理系数上限（m³/kWh；空：按政策，否则 8）</translation>
    </message>
    <message>
        <source>Largest deviation from the stratum (%; empty: as the policy says, else 20)</source>
        <translation>与分层的最大偏差（%；空：按政策，否则 20）</translation>
    </message>
    <message>
        <source>Fewest wells for a calibration (empty: as the policy says, else 5)</source>
        <translation>率定的最少井数（空：按政策，否则 5）</translation>
    </message>
    <message>
        <source>Years that a calibration serves beyond its own (empty: as the policy says, else 1)</source>
        <translation>率定结果沿用年数（空：按政策，否则 1）</translation>
    </message>
    <message>
        <source>Year (empty: every year with a cap)</source>
        <translation>年份（空：所有有指标的年份）</translation>
    </message>
    <message>
        <source>Quota balance</source>
        <translation>指标余缺表</translation>
    </message>
    <message>
        <source>Ranked by (empty: change of level)</source>
        <translation>排名依据（空：水位变幅）</translation>
    </message>
    <message>
        <source>Period: 2025, 2025-Q3 or 2025-08 (empty: the last one that is over)</source>
        <translation>时段：2025、2025-Q3 或 2025-08（空：最近一个已结束的时段）</translation>
    </message>
    <message>
        <source>Compared with (empty: the period before)</source>
        <translation>对比时段（空：前一时段）</translation>
    </message>
    <message>
        <source>Another period to compare with (empty: by the choice above)</source>
        <translation>另行指定的对比时段（空：按上一项）</translation>
    </message>
    <message>
        <source>Largest fall first (not ticked: largest change, up or down, first)</source>
        <translation>下降最多者在前（不勾选：不分升降，变幅最大者在前）</translation>
    </message>
    <message>
        <source>Ranking of units</source>
        <translation>单元排名</translation>
    </message>
    <message>
        <source>{period}: {ranked} of {n} units ranked</source>
        <translation>{period}：{n} 个单元中 {ranked} 个有名次</translation>
    </message>
    <message>
        <source>Stations: {used} of {n} used</source>
        <translation>监测站：{n} 个中采用 {used} 个</translation>
    </message>
    <message>
        <source>no observation in one of the two periods</source>
        <translation>两个时段中有一个没有观测</translation>
    </message>
    <message>
        <source>elevations and depths mixed, without the elevation of the ground</source>
        <translation>水位与埋深混用且没有地面高程</translation>
    </message>
    <message>
        <source>in no unit of this level</source>
        <translation>不在该级别的任何单元内</translation>
    </message>
    <message>
        <source>{n} stations left out: {reason}</source>
        <translation>{n} 个监测站未采用：{reason}</translation>
    </message>
    <message>
        <source>Settings of the policy, a line each: key = value (empty: as the policy says)</source>
        <translation>政策参数，每行：键 = 值（空：按政策）</translation>
    </message>
    <message>
        <source>Level of the units (empty: county)</source>
        <translation>单元级别（空：县级）</translation>
    </message>
    <message>
        <source>Water (empty: groundwater)</source>
        <translation>水源（空：地下水）</translation>
    </message>
    <message>
        <source>Weights, a line each: criterion = weight (empty: as the policy says)</source>
        <translation>权重，每行：指标 = 权重（空：按政策）</translation>
    </message>
    <message>
        <source>Wells in closing order</source>
        <translation>有序关停机井</translation>
    </message>
    <message>
        <source>Wells ranked: {n}</source>
        <translation>已排序机井：{n} 眼</translation>
    </message>
    <message>
        <source>{n} wells left out. Each: {reason}</source>
        <translation>{n} 眼机井未列入。原因：{reason}</translation>
    </message>
    <message>
        <source>Weights and years that no text gives and nobody confirmed: {settings}</source>
        <translation>文件未规定、也未经确认的权重和年数：{settings}</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>核查结论</translation>
    </message>
    <message>
        <source>Vetted applications</source>
        <translation>已审查的取水申请</translation>
    </message>
    <message>
        <source>Applications by permission: {counts}</source>
        <translation>取水申请按许可意见：{counts}</translation>
    </message>
    <message>
        <source>not judged</source>
        <translation>不作评价</translation>
    </message>
    <message>
        <source>Carry columns with personal data into the output</source>
        <translation>将含个人信息的列带入输出</translation>
    </message>
    <message>
        <source>{n} columns with personal data were left out: {names}. They belong in a table of their own (role persons) and are carried only where it is asked for.</source>
        <translation>有 {n} 列含个人信息，未予读取：{names}。个人信息应单独存放在人员表（角色 persons）中，仅在明确要求时才会带出。</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>数据问题</translation>
    </message>
    <message>
        <source>Counts by check</source>
        <translation>检查项统计</translation>
    </message>
    <message>
        <source>{label}: {n} × {check}</source>
        <translation>{label}：{n} × {check}</translation>
    </message>
    <message>
        <source>{rows} rows checked: {errors} errors, {warnings} warnings, {notes} notes</source>
        <translation>已检查{rows}行：错误{errors}项，警告{warnings}项，提示{notes}项</translation>
    </message>
    <message>
        <source>INPUT is needed: choose the layer, sheet or table to import.</source>
        <translation>缺少 INPUT：请选择要导入的图层、工作表或数据表。</translation>
    </message>
    <message>
        <source>ROLE is needed: say what the layer is. Roles: {roles}.</source>
        <translation>缺少 ROLE：请说明图层的类别。可选类别：{roles}。</translation>
    </message>
    <message>
        <source>MODE says that the rows go into a case file: choose it in CASE, or leave MODE empty.</source>
        <translation>MODE 要求写入案卷文件：请在 CASE 中选择案卷文件，或将 MODE 留空。</translation>
    </message>
    <message>
        <source>CASE is needed: choose the case file that holds the import.</source>
        <translation>缺少 CASE：请选择含有该次导入的案卷文件。</translation>
    </message>
    <message>
        <source>BATCH_ID is needed: the table imports of the case file lists the imports.</source>
        <translation>缺少 BATCH_ID：批次编号见案卷文件的 imports 表。</translation>
    </message>
    <message>
        <source>{name}: {found} is no coordinate system. Give one such as EPSG:4490, or leave it empty.</source>
        <translation>{name}：{found} 不是坐标系。请填写如 EPSG:4490，或留空。</translation>
    </message>
    <message>
        <source>{n} rows read, {written} written, {aside} set aside; {changed} cells changed</source>
        <translation>读入 {n} 行，写入 {written} 行，剔除 {aside} 行；变更单元格 {changed} 个</translation>
    </message>
    <message>
        <source>Encoding: {encoding} (confidence {confidence})</source>
        <translation>编码：{encoding}（置信度 {confidence}）</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>检验判定</translation>
    </message>
    <message>
        <source>given</source>
        <translation>人工指定</translation>
    </message>
    <message>
        <source>from the layer</source>
        <translation>取自图层</translation>
    </message>
    <message>
        <source>Coordinate system: {crs} ({how})</source>
        <translation>坐标系：{crs}（{how}）</translation>
    </message>
    <message>
        <source>The first column of coordinates holds y (X = north); it was read so.</source>
        <translation>第一坐标列为 y（X 为北方向），已按此读取。</translation>
    </message>
    <message>
        <source>{label}: {n} problems, see PROBLEMS</source>
        <translation>{label}：{n} 项，见 PROBLEMS</translation>
    </message>
    <message>
        <source>Layer or table to import (needed)</source>
        <translation>要导入的图层或数据表（必需）</translation>
    </message>
    <message>
        <source>What it is: its role (needed)</source>
        <translation>数据类别（必需）</translation>
    </message>
    <message>
        <source>Columns to fields, a line each: column = field</source>
        <translation>列与字段的对应，每行：列名 = 字段</translation>
    </message>
    <message>
        <source>Units, a line each: column = unit</source>
        <translation>单位，每行：列名 = 单位</translation>
    </message>
    <message>
        <source>Words, a line each: field: word = value</source>
        <translation>用词含义，每行：字段: 原词 = 标准值</translation>
    </message>
    <message>
        <source>Saved mapping</source>
        <translation>已存对应方案</translation>
    </message>
    <message>
        <source>Coordinate system (empty: that of the layer)</source>
        <translation>坐标系（空：图层的坐标系）</translation>
    </message>
    <message>
        <source>Column of x or longitude (empty: by its name)</source>
        <translation>横坐标或经度所在列（空：按列名）</translation>
    </message>
    <message>
        <source>Column of y or latitude (empty: by its name)</source>
        <translation>纵坐标或纬度所在列（空：按列名）</translation>
    </message>
    <message>
        <source>Put into the case file (empty: not)</source>
        <translation>写入案卷文件（空：不写入）</translation>
    </message>
    <message>
        <source>Coordinate operation from an old datum</source>
        <translation>旧基准的坐标转换</translation>
    </message>
    <message>
        <source>Coordinate system of the result</source>
        <translation>结果的坐标系</translation>
    </message>
    <message>
        <source>Repairs of positions that you ask for</source>
        <translation>要求的位置修正</translation>
    </message>
    <message>
        <source>Encoding (empty: detected)</source>
        <translation>编码（空：自动判别）</translation>
    </message>
    <message>
        <source>Row of the column headings (empty: found)</source>
        <translation>表头所在行（空：自动识别）</translation>
    </message>
    <message>
        <source>Imported by (empty: your login)</source>
        <translation>导入人（空：登录名）</translation>
    </message>
    <message>
        <source>Imported layer</source>
        <translation>导入后的图层</translation>
    </message>
    <message>
        <source>Conversions by column</source>
        <translation>逐列转换统计</translation>
    </message>
    <message>
        <source>Raw values of changed cells</source>
        <translation>变更单元格原值</translation>
    </message>
    <message>
        <source>Rows set aside</source>
        <translation>剔除行</translation>
    </message>
    <message>
        <source>Record of the import</source>
        <translation>导入批次记录</translation>
    </message>
    <message>
        <source>Personal data</source>
        <translation>个人信息</translation>
    </message>
    <message>
        <source>Mapping to use again</source>
        <translation>保存的对应方案</translation>
    </message>
    <message>
        <source>Batch id of the import</source>
        <translation>导入批次编号</translation>
    </message>
    <message>
        <source>Taken back by (empty: your login)</source>
        <translation>撤销人（空：登录名）</translation>
    </message>
    <message>
        <source>RECORD says that the plan goes into a case file: choose it in CASE, or leave RECORD unticked.</source>
        <translation>RECORD 表示方案要写入案卷文件：请在 CASE 中选择，或不勾选 RECORD。</translation>
    </message>
    <message>
        <source>RECORD adds to the pairs of the case file, which EXISTING_PAIRS would hide from the plan: a well could be pledged twice. Leave EXISTING_PAIRS empty.</source>
        <translation>RECORD 会在案卷文件的配对之上增加，而 EXISTING_PAIRS 会使方案看不到这些配对，可能重复占用。请将 EXISTING_PAIRS 留空。</translation>
    </message>
    <message>
        <source>{part}: {renewals} renewals, {candidates} wells, {known} offers; {ways}; {seconds} s{mark}</source>
        <translation>{part}：更新井{renewals}眼，可选机井{candidates}眼，可配组合{known}个；{ways}；{seconds}秒{mark}</translation>
    </message>
    <message>
        <source>all pools</source>
        <translation>全部核算单元</translation>
    </message>
    <message>
        <source>, not proven</source>
        <translation>，未证明</translation>
    </message>
    <message>
        <source>{served} renewals served, priority {priority}, cost {cost}; by hand (in turn): {greedy}, cost {other}</source>
        <translation>满足更新井{served}眼，优先级合计{priority}，成本{cost}；逐眼就近配对：{greedy}眼，成本{other}</translation>
    </message>
    <message>
        <source>Proven: no plan serves more, and none that serves as much costs less.</source>
        <translation>已证明：没有方案能满足更多，同等满足下没有方案成本更低。</translation>
    </message>
    <message>
        <source>The time ran out: the plan is the best found, at most {gap} % from the best there is.</source>
        <translation>时间用尽：此为已找到的最好方案，与最优相差不超过{gap}%。</translation>
    </message>
    <message>
        <source>… and {n} more in UNMET</source>
        <translation>……另有{n}眼见 UNMET 表</translation>
    </message>
    <message>
        <source>Target year (empty: the next one)</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>First year of the plan (empty: that of the day of judgement)</source>
        <translation>方案首年（空：截止日期所在年份）</translation>
    </message>
    <message>
        <source>Field with the cost of retiring an area (empty: its area)</source>
        <translation>退减成本字段（空：以面积为成本）</translation>
    </message>
    <message>
        <source>Least land a year, a line each: [unit] year = mu</source>
        <translation>年度最低退减面积，每行：[单元] 年份 = 亩</translation>
    </message>
    <message>
        <source>Largest share of a township&apos;s land retired in a year (0 to 1)</source>
        <translation>乡镇年度退减面积占比上限（0～1）</translation>
    </message>
    <message>
        <source>Least wells that close: a number, or lines unit = number</source>
        <translation>最少关停井数：一个数，或每行 单元 = 眼数</translation>
    </message>
    <message>
        <source>Groundwater that the plan must save a year (m³)</source>
        <translation>方案每年须节约的地下水量（m³）</translation>
    </message>
    <message>
        <source>Savings are counted (empty: gross)</source>
        <translation>节水量口径（空：毛节水量）</translation>
    </message>
    <message>
        <source>Units must also save the volumes of their targets</source>
        <translation>各单元还须完成目标任务表中的压减水量</translation>
    </message>
    <message>
        <source>Share of irrigation water that seeps back (0 to 1)</source>
        <translation>灌溉水回归比例（0～1）</translation>
    </message>
    <message>
        <source>Bonus for two touching areas, in units of cost</source>
        <translation>相邻地块同退的奖励（单位同成本）</translation>
    </message>
    <message>
        <source>Plan as if no area were locked</source>
        <translation>按地块均未锁定编制</translation>
    </message>
    <message>
        <source>Scenarios, a line each: name: SETTING = value; SETTING = value</source>
        <translation>情景，每行：名称: 设置 = 值; 设置 = 值</translation>
    </message>
    <message>
        <source>Gap to the bound that is good enough (0 to 1)</source>
        <translation>可接受的相对间隙（0～1）</translation>
    </message>
    <message>
        <source>Plan of the areas</source>
        <translation>地块退减方案</translation>
    </message>
    <message>
        <source>Plan by unit</source>
        <translation>分单元方案结果</translation>
    </message>
    <message>
        <source>Wells that close</source>
        <translation>随退减关停机井</translation>
    </message>
    <message>
        <source>Relief needed</source>
        <translation>需放宽事项</translation>
    </message>
    <message>
        <source>Scenarios side by side</source>
        <translation>情景对比</translation>
    </message>
    <message>
        <source>Cost of the plan</source>
        <translation>方案成本</translation>
    </message>
    <message>
        <source>Bonus for touching areas</source>
        <translation>相邻奖励</translation>
    </message>
    <message>
        <source>Bound: no plan costs less after its bonus</source>
        <translation>界：任何方案扣除奖励后的成本均不低于此值</translation>
    </message>
    <message>
        <source>Gap between cost and bound</source>
        <translation>成本与界之间的间隙</translation>
    </message>
    <message>
        <source>Cost of the plan by hand</source>
        <translation>贪心法方案成本</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>求解状态</translation>
    </message>
    <message>
        <source>Target year {target}, plan for {first} to {last}</source>
        <translation>目标年{target}，方案年份{first}～{last}</translation>
    </message>
    <message>
        <source>The target year {year} is over: the plan makes up for what is missing</source>
        <translation>目标年{year}已过：本方案补足缺口</translation>
    </message>
    <message>
        <source>{n} left out. Each: {reason}</source>
        <translation>未纳入{n}项，原因：{reason}</translation>
    </message>
    <message>
        <source>{status}: {n} areas, cost {cost}, bound {bound}, gap {gap} %, by hand {greedy}</source>
        <translation>{status}：退减{n}个地块，成本{cost}，界{bound}，间隙{gap}%，贪心法{greedy}</translation>
    </message>
    <message>
        <source>not all targets met</source>
        <translation>未能完成全部目标</translation>
    </message>
    <message>
        <source>Solved: {n} parts with {areas} areas, {method}: {outcome}, {seconds} s</source>
        <translation>求解：{n}个独立部分，{areas}个地块，{method}：{outcome}，用时{seconds}秒</translation>
    </message>
    <message>
        <source>Solver: {solver}, {seconds} s in all</source>
        <translation>求解器：{solver}，共用时{seconds}秒</translation>
    </message>
    <message>
        <source>no target</source>
        <translation>无目标约束</translation>
    </message>
    <message>
        <source>one target</source>
        <translation>单一目标精确算法</translation>
    </message>
    <message>
        <source>integer program</source>
        <translation>整数规划</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>逐眼配对</translation>
    </message>
    <message>
        <source>The policy asks for evidence of sealing and none was supplied: sealed wells are taken as credits in hand. Supply EVIDENCE before anything is approved.</source>
        <translation>政策要求封填依据而未提供：封填井暂按额度在手计算。批准之前请提供 EVIDENCE。</translation>
    </message>
    <message>
        <source>{renewal} names {well} as the well that it replaces, which cannot be taken: {reason}</source>
        <translation>{renewal}所填的被更新井{well}不可用：{reason}</translation>
    </message>
    <message>
        <source>{n} wells of the plan still have to be sealed</source>
        <translation>方案中尚有{n}眼机井待封填</translation>
    </message>
    <message>
        <source>Time limit of the solver (s)</source>
        <translation>求解时间上限（秒）</translation>
    </message>
    <message>
        <source>Serve at most so many renewals (empty: no limit)</source>
        <translation>最多满足的更新井数（空：不限）</translation>
    </message>
    <message>
        <source>Propose wells in use, to be sealed</source>
        <translation>可建议封填在用机井</translation>
    </message>
    <message>
        <source>Farthest retired well (m; empty: as the policy says)</source>
        <translation>封填井最远距离（米；空：按政策）</translation>
    </message>
    <message>
        <source>Cost of a kilometre of distance</source>
        <translation>每公里距离的成本</translation>
    </message>
    <message>
        <source>Cost of 10,000 m³ of permitted volume given up</source>
        <translation>每放弃1万立方米许可水量的成本</translation>
    </message>
    <message>
        <source>Cost of a well that still has to be sealed</source>
        <translation>每眼尚待封填机井的成本</translation>
    </message>
    <message>
        <source>Next best choice for these renewals (ids with commas; * all)</source>
        <translation>计算次优选择的更新井（编号以逗号分隔；* 全部）</translation>
    </message>
    <message>
        <source>Put the pairs into the case file as reserved</source>
        <translation>将配对以“预留”写入案卷文件</translation>
    </message>
    <message>
        <source>Name of the plan</source>
        <translation>方案名称</translation>
    </message>
    <message>
        <source>Planned by (empty: your login)</source>
        <translation>编制人（空：当前登录名）</translation>
    </message>
    <message>
        <source>Planned pairs</source>
        <translation>配对方案</translation>
    </message>
    <message>
        <source>Renewals without wells</source>
        <translation>未配足的更新井</translation>
    </message>
    <message>
        <source>Renewals that compete for wells</source>
        <translation>竞争封填井的更新井组</translation>
    </message>
    <message>
        <source>Next best choices</source>
        <translation>次优选择</translation>
    </message>
    <message>
        <source>rasters, read window by window</source>
        <translation>就近选取</translation>
    </message>
    <message>
        <source>Rasters of a vegetation index or of irrigation frequency</source>
        <translation>植被指数或灌溉频次栅格</translation>
    </message>
    <message>
        <source>Season of each raster, in their order, with commas (2024-07, 2008/2017)</source>
        <translation>各栅格的时段，按顺序用逗号分隔（2024-07, 2008/2017）</translation>
    </message>
    <message>
        <source>Method (empty: threshold)</source>
        <translation>方法（留空：阈值法）</translation>
    </message>
    <message>
        <source>Checks of retired land</source>
        <translation>退减土地核查</translation>
    </message>
    <message>
        <source>Wells of retired land</source>
        <translation>退减土地机井</translation>
    </message>
    <message>
        <source>Share of irrigated pixels below which land is confirmed (empty: 0.1)</source>
        <translation>低于该像元占比即确认退减（留空：0.1）</translation>
    </message>
    <message>
        <source>Fewest irrigated neighbours (empty: 5)</source>
        <translation>邻近灌溉地块最少个数（留空：5）</translation>
    </message>
    <message>
        <source>Part of the neighbours&apos; median below which land is confirmed (empty: 0.5)</source>
        <translation>低于邻近中位数的该比例即确认退减（留空：0.5）</translation>
    </message>
    <message>
        <source>Value that is none (empty: as the rasters declare)</source>
        <translation>无效值（留空：按栅格声明）</translation>
    </message>
    <message>
        <source>Value from which a pixel is irrigated (needed for the threshold method)</source>
        <translation>像元视为灌溉的起始值（阈值法必填）</translation>
    </message>
    <message>
        <source>Share of irrigated pixels from which land is restored (empty: 0.5)</source>
        <translation>达到该像元占比即判为复灌（留空：0.5）</translation>
    </message>
    <message>
        <source>Largest distance of neighbours (m; empty: 1000)</source>
        <translation>邻近地块最大距离（m；留空：1000）</translation>
    </message>
    <message>
        <source>Fewest pixels with a value (empty: 10)</source>
        <translation>有效像元最少个数（留空：10）</translation>
    </message>
    <message>
        <source>Retired areas: {restored} restored, {doubtful} doubtful, {confirmed} confirmed, {rest} not evaluated</source>
        <translation>退减地块：疑似复灌{restored}个，存疑{doubtful}个，确认退减{confirmed}个，未评价{rest}个</translation>
    </message>
    <message>
        <source>{n} wells of retired land show water or power</source>
        <translation>退减土地上有{n}眼机井仍有取水或用电</translation>
    </message>
    <message>
        <source>Nobody says which season these rasters show, so they neither confirm nor convict: {names}. Give it in RASTER_DAYS.</source>
        <translation>以下栅格未说明时段，既不能确认退减，也不能认定复灌：{names}。请在RASTER_DAYS中填写。</translation>
    </message>
    <message>
        <source>{name}: {percent} % of the pixels in retired areas reach THRESHOLD. Check that it is given in the unit of the raster.</source>
        <translation>{name}：退减地块内{percent}%的像元达到THRESHOLD。请检查其单位是否与栅格一致。</translation>
    </message>
    <message>
        <source>Figures that no text gives and nobody confirmed: {settings}</source>
        <translation>文件未规定且未经确认的数值：{settings}</translation>
    </message>
    <message>
        <source>rasterio was built with GDAL {theirs}, QGIS uses GDAL {ours}: rasters may be misread. Install rasterio from where QGIS came from, not with pip. {how}</source>
        <translation>rasterio基于GDAL {theirs}，QGIS使用GDAL {ours}，栅格可能读取有误。请从QGIS的同一来源安装rasterio，不要使用pip。{how}</translation>
    </message>
    <message>
        <source>optimisation and nearest neighbours</source>
        <translation>优化求解与最近邻查找</translation>
    </message>
    <message>
        <source>cheapest choice</source>
        <translation>就近选取</translation>
    </message>
    <message>
        <source>sum of all areas</source>
        <translation>全部地块合计</translation>
    </message>
    <message>
        <source>proved</source>
        <translation>已证明最优</translation>
    </message>
    <message>
        <source>not proved to the last unit</source>
        <translation>尚未证明最优</translation>
    </message>
    <message>
        <source>cannot be met</source>
        <translation>无法完成</translation>
    </message>
    <message>
        <source>no plan in time</source>
        <translation>时限内未得方案</translation>
    </message>
    <message>
        <source>{n} targets cannot be met; see the table of relief.</source>
        <translation>有{n}项目标无法完成，见需放宽事项表。</translation>
    </message>
    <message>
        <source>Some cannot be met whatever lock or cap is released.</source>
        <translation>部分目标即使放宽全部锁定和上限也无法完成。</translation>
    </message>
    <message>
        <source>Releasing {n} locks or caps would let all be met.</source>
        <translation>放宽{n}项锁定或上限即可全部完成。</translation>
    </message>
    <message>
        <source>Areas this far apart still touch (m; empty: a shared border)</source>
        <translation>视为相邻的最大间距（米；空：有公共边界）</translation>
    </message>
    <message>
        <source>{n} areas of the plan have a quota outside 150 to 1000 m³ per mu: check their savings</source>
        <translation>方案中有{n}个地块的定额不在每亩150～1000立方米之间，请核对节水量</translation>
    </message>
    <message>
        <source>matching</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>Put the plan on record in the case file</source>
        <translation>将方案存入案卷文件</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>登记</translation>
    </message>
    <message>
        <source>Seal or Other State…</source>
        <translation>封填等状态登记…</translation>
    </message>
    <message>
        <source>Application…</source>
        <translation>取水申请登记…</translation>
    </message>
    <message>
        <source>Decision on an Application…</source>
        <translation>申请审批与撤回…</translation>
    </message>
    <message>
        <source>Drilled Well…</source>
        <translation>成井挂接…</translation>
    </message>
    <message>
        <source>Retired or Restored Land…</source>
        <translation>退减与复灌登记…</translation>
    </message>
    <message>
        <source>Setup…</source>
        <translation>建案向导…</translation>
    </message>
    <message>
        <source>Open Case File…</source>
        <translation>打开案卷文件…</translation>
    </message>
    <message>
        <source>Run Overlay…</source>
        <translation>运行叠加核查…</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>核查处理</translation>
    </message>
    <message>
        <source>Pair Wells…</source>
        <translation>减二更一配对…</translation>
    </message>
    <message>
        <source>Retirement Planner…</source>
        <translation>退减方案…</translation>
    </message>
    <message>
        <source>Policy…</source>
        <translation>政策文件…</translation>
    </message>
    <message>
        <source>Dashboard</source>
        <translation>工作看板</translation>
    </message>
    <message>
        <source>Sample Project</source>
        <translation>打开示例项目</translation>
    </message>
    <message>
        <source>Open a case file first, or make one with Setup.</source>
        <translation>请先打开案卷文件，或用“建案向导”新建。</translation>
    </message>
    <message>
        <source>Open Case File</source>
        <translation>打开案卷文件</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>成果输出</translation>
    </message>
    <message>
        <source>CASE is needed: choose a case file (*.gpkg).</source>
        <translation>须给出CASE：请选择案卷文件（*.gpkg）。</translation>
    </message>
    <message>
        <source>Case files to merge (two or more)</source>
        <translation>要合并的案卷文件（两个以上）</translation>
    </message>
    <message>
        <source>Merged case file</source>
        <translation>合并后的案卷文件</translation>
    </message>
    <message>
        <source>The history of {name} shows signs of tampering. It is kept as it was: Verify case file names them.</source>
        <translation>{name}的历史记录有改动迹象，已原样保留；可用“校验案卷文件”逐一列明。</translation>
    </message>
    <message>
        <source>Columns of {role} with personal data are not carried: {columns}</source>
        <translation>{role}中含个人信息的字段不带入：{columns}</translation>
    </message>
    <message>
        <source>Case file (needed)</source>
        <translation>案卷文件（必需）</translation>
    </message>
    <message>
        <source>Head hash noted elsewhere, such as in a printed report</source>
        <translation>他处记录的末条校验值，如打印的报告中所载</translation>
    </message>
    <message>
        <source>Run to replay (needs frozen inputs; empty: none)</source>
        <translation>要重演的运行（须已固化输入；空：不重演）</translation>
    </message>
    <message>
        <source>Signs of tampering or damage</source>
        <translation>改动或损坏迹象</translation>
    </message>
    <message>
        <source>The replay of the run {run} gives the same findings: {hash}</source>
        <translation>重演运行{run}得出的结论相同：{hash}</translation>
    </message>
    <message>
        <source>The entry with the given hash is there; {n} came after it</source>
        <translation>历史记录中有所给校验值的条目，其后又有{n}条</translation>
    </message>
    <message>
        <source>History: {n} entries, head hash {head}; {problems} signs of tampering or damage</source>
        <translation>历史记录共{n}条，末条校验值{head}；改动或损坏迹象{problems}项</translation>
    </message>
    <message>
        <source>Freeze the inputs in the case file, for a replay</source>
        <translation>将输入固化到案卷文件，供重演</translation>
    </message>
    <message>
        <source>Table of acts, one row each</source>
        <translation>事项表（每行一项）</translation>
    </message>
    <message>
        <source>Act (empty: event)</source>
        <translation>事项（留空：事件）</translation>
    </message>
    <message>
        <source>Well or area</source>
        <translation>机井或地块</translation>
    </message>
    <message>
        <source>Kind of event or application</source>
        <translation>事件或申请类型</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Document number</source>
        <translation>文号</translation>
    </message>
    <message>
        <source>Photos (file names, separated by semicolons)</source>
        <translation>照片（文件名，以分号分隔）</translation>
    </message>
    <message>
        <source>Inspected by</source>
        <translation>核查人</translation>
    </message>
    <message>
        <source>Inspected on (empty: the day)</source>
        <translation>核查日期（留空：同日期）</translation>
    </message>
    <message>
        <source>Power cut on</source>
        <translation>断电日期</translation>
    </message>
    <message>
        <source>Permit cancelled on</source>
        <translation>许可注销日期</translation>
    </message>
    <message>
        <source>Documents (file names, separated by semicolons)</source>
        <translation>文件（文件名，以分号分隔）</translation>
    </message>
    <message>
        <source>Photos and documents of (empty: the day)</source>
        <translation>照片和文件日期（留空：同日期）</translation>
    </message>
    <message>
        <source>Folder of the files (empty: that of the case file)</source>
        <translation>佐证文件所在文件夹（留空：案卷文件所在文件夹）</translation>
    </message>
    <message>
        <source>Area concerned (mu; empty: the whole area)</source>
        <translation>涉及面积（亩；留空：全部面积）</translation>
    </message>
    <message>
        <source>Application (a new one may be left empty)</source>
        <translation>申请编号（新申请可留空）</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>地点</translation>
    </message>
    <message>
        <source>Well that is drilled or concerned</source>
        <translation>建成或所涉机井</translation>
    </message>
    <message>
        <source>Well that is replaced</source>
        <translation>被更新机井</translation>
    </message>
    <message>
        <source>Wells pledged (separated by semicolons)</source>
        <translation>预留机井（以分号分隔）</translation>
    </message>
    <message>
        <source>Fields of the well, a line each: field = value</source>
        <translation>机井字段，每行：字段 = 值</translation>
    </message>
    <message>
        <source>Approval number</source>
        <translation>批准文号</translation>
    </message>
    <message>
        <source>Event that is proven, corrected or withdrawn</source>
        <translation>补充佐证、更正或作废的事件</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>理由</translation>
    </message>
    <message>
        <source>Record it although it contradicts the record</source>
        <translation>与台账相抵触仍予登记</translation>
    </message>
    <message>
        <source>Recorded by (empty: your login)</source>
        <translation>登记人（留空：当前登录名）</translation>
    </message>
    <message>
        <source>What was recorded</source>
        <translation>登记结果</translation>
    </message>
    <message>
        <source>CASE is needed: choose the case file in which it is recorded.</source>
        <translation>缺少CASE：请选择用于登记的案卷文件。</translation>
    </message>
    <message>
        <source>Row {n}: {problem}</source>
        <translation>第{n}行：{problem}</translation>
    </message>
    <message>
        <source>{n} acts are on record in the case file; only the output table could not be written.</source>
        <translation>{n}项已记入案卷文件，仅输出表未能写出。</translation>
    </message>
    <message>
        <source>{label}: {n}</source>
        <translation>{label}：{n}</translation>
    </message>
    <message>
        <source>In the ledger: {label} {n}</source>
        <translation>台账状态：{label} {n}</translation>
    </message>
    <message>
        <source>No case file is open. Open one, or make one with the setup wizard.</source>
        <translation>尚未打开案卷。请打开案卷，或通过建案向导新建。</translation>
    </message>
    <message>
        <source>Counting for the dashboard</source>
        <translation>正在统计看板数据</translation>
    </message>
    <message>
        <source>Decided</source>
        <translation>已处理</translation>
    </message>
    <message>
        <source>Findings accepted, overridden or verified, of all</source>
        <translation>已认可、已改判或已复核的结论占全部结论的比例</translation>
    </message>
    <message>
        <source>Pairs complete</source>
        <translation>配对完成</translation>
    </message>
    <message>
        <source>Renewals that hold all the wells they need, of those that count</source>
        <translation>计入的更新井中已配足核减井的眼数</translation>
    </message>
    <message>
        <source>Area gap</source>
        <translation>面积缺口</translation>
    </message>
    <message>
        <source>Land that is still to be retired to reach the targets</source>
        <translation>为完成目标尚需退减的灌溉面积</translation>
    </message>
    <message>
        <source>List Open Findings</source>
        <translation>列出待处理结论</translation>
    </message>
    <message>
        <source>Show in the review list what nobody has decided on yet</source>
        <translation>在核查清单中列出尚未处理的结论</translation>
    </message>
    <message>
        <source>Wells by outcome</source>
        <translation>机井按结论统计</translation>
    </message>
    <message>
        <source>Findings by county</source>
        <translation>核查结论按县（区）统计</translation>
    </message>
    <message>
        <source>Findings by zone</source>
        <translation>核查结论按超采区统计</translation>
    </message>
    <message>
        <source>Findings by clause</source>
        <translation>核查结论按条款统计</translation>
    </message>
    <message>
        <source>This case holds no run yet. Run the overlay into it first.</source>
        <translation>本案卷尚无核查记录，请先运行叠加核查。</translation>
    </message>
    <message>
        <source>{n} findings · ledger and land as of {day}</source>
        <translation>结论{n}条 · 台账与面积截至{day}</translation>
    </message>
    <message>
        <source>{share} %</source>
        <translation>{share} %</translation>
    </message>
    <message>
        <source>{decided} of {n}, {stale} stale</source>
        <translation>{n}条中{decided}条，已过时{stale}条</translation>
    </message>
    <message>
        <source>of {n} renewals</source>
        <translation>共{n}眼更新井</translation>
    </message>
    <message>
        <source>no targets</source>
        <translation>无目标</translation>
    </message>
    <message>
        <source>{gap} mu</source>
        <translation>{gap}亩</translation>
    </message>
    <message>
        <source>{met} of {n} targets of {year} met</source>
        <translation>{year}年{n}项目标中{met}项已完成</translation>
    </message>
    <message>
        <source>No county</source>
        <translation>未归属县（区）</translation>
    </message>
    <message>
        <source>No zone</source>
        <translation>不在超采区</translation>
    </message>
    <message>
        <source>No clause</source>
        <translation>无条款</translation>
    </message>
    <message>
        <source>Not judged</source>
        <translation>未核查</translation>
    </message>
    <message>
        <source>in all</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>Show the figures as a table</source>
        <translation>以表格显示数据</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the table, for a spreadsheet</source>
        <translation>复制表格，可粘贴到电子表格</translation>
    </message>
    <message>
        <source>Double-click a row to set the filter of the review list</source>
        <translation>双击某行，按其筛选核查清单</translation>
    </message>
    <message>
        <source>Take In an Application</source>
        <translation>受理取水申请</translation>
    </message>
    <message>
        <source>What is applied for</source>
        <translation>申请事项</translation>
    </message>
    <message>
        <source>&amp;Kind</source>
        <translation>申请类型(&amp;K)</translation>
    </message>
    <message>
        <source>Number of the application; empty: the next free one</source>
        <translation>申请编号；留空由系统顺次编号</translation>
    </message>
    <message>
        <source>The day of the application</source>
        <translation>提出申请的日期</translation>
    </message>
    <message>
        <source>&amp;Applied on</source>
        <translation>申请日期(&amp;A)</translation>
    </message>
    <message>
        <source>The well that is deepened, relocated, extended or changed</source>
        <translation>加深、移位、延续或变更所涉机井</translation>
    </message>
    <message>
        <source>&amp;Well concerned</source>
        <translation>所涉机井(&amp;W)</translation>
    </message>
    <message>
        <source>Place (&amp;x, y)</source>
        <translation>位置（x、y）(&amp;X)</translation>
    </message>
    <message>
        <source>What the water is for</source>
        <translation>取水用途</translation>
    </message>
    <message>
        <source>From which aquifer</source>
        <translation>取水含水层</translation>
    </message>
    <message>
        <source>The village</source>
        <translation>所在村</translation>
    </message>
    <message>
        <source>Depth of the well in metres</source>
        <translation>井深，单位米</translation>
    </message>
    <message>
        <source>Volume applied for, in m³ a year</source>
        <translation>申请年取水量，单位立方米</translation>
    </message>
    <message>
        <source>The well that the renewal replaces</source>
        <translation>更新井所替代的机井</translation>
    </message>
    <message>
        <source>&amp;Replaces</source>
        <translation>被更新井(&amp;R)</translation>
    </message>
    <message>
        <source>Wells ple&amp;dged</source>
        <translation>预留封填井(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Vet</source>
        <translation>预审(&amp;V)</translation>
    </message>
    <message>
        <source>Judge the application under the policy, before it is recorded</source>
        <translation>登记前按政策审查该申请</translation>
    </message>
    <message>
        <source>Press Vet to see what each clause says.</source>
        <translation>点击“预审”查看各条款意见。</translation>
    </message>
    <message>
        <source>Choose a policy first.</source>
        <translation>请先选择政策。</translation>
    </message>
    <message>
        <source>Vet an application</source>
        <translation>预审取水申请</translation>
    </message>
    <message>
        <source>East or longitude, in the coordinate system of the layer</source>
        <translation>东坐标或经度，按图层坐标系填写</translation>
    </message>
    <message>
        <source>North or latitude, in the coordinate system of the layer</source>
        <translation>北坐标或纬度，按图层坐标系填写</translation>
    </message>
    <message>
        <source>Pick on Map</source>
        <translation>地图点选</translation>
    </message>
    <message>
        <source>Click the place on the map</source>
        <translation>在地图上点选位置</translation>
    </message>
    <message>
        <source>There is no map to click on</source>
        <translation>没有可点选的地图</translation>
    </message>
    <message>
        <source>Tick the sealed wells that back the renewal; free credits are offered</source>
        <translation>勾选支撑更新井的封填井；列出的均为可用额度</translation>
    </message>
    <message>
        <source>A well that is still to be sealed</source>
        <translation>尚待封填的机井</translation>
    </message>
    <message>
        <source>Add Wel&amp;l</source>
        <translation>添加机井(&amp;L)</translation>
    </message>
    <message>
        <source>Put the well on the list, ticked</source>
        <translation>将该井列入并勾选</translation>
    </message>
    <message>
        <source>Look for free credits</source>
        <translation>查找可用额度</translation>
    </message>
    <message>
        <source>{well} · to be sealed</source>
        <translation>{well} · 待封填</translation>
    </message>
    <message>
        <source>No free credit on record. Record a seal first, or add wells to be sealed.</source>
        <translation>台账中没有可用额度。请先登记封填，或添加待封填的机井。</translation>
    </message>
    <message>
        <source>{n} pledged, {free} offered</source>
        <translation>已预留{n}眼，列出{free}眼</translation>
    </message>
    <message>
        <source>Decide on an Application</source>
        <translation>审批取水申请</translation>
    </message>
    <message>
        <source>Applications that are not ended yet</source>
        <translation>尚未办结的申请</translation>
    </message>
    <message>
        <source>&amp;Application</source>
        <translation>取水申请(&amp;A)</translation>
    </message>
    <message>
        <source>What was decided</source>
        <translation>审批结果</translation>
    </message>
    <message>
        <source>De&amp;cision</source>
        <translation>审批决定(&amp;C)</translation>
    </message>
    <message>
        <source>The day of the decision or of the withdrawal</source>
        <translation>作出决定或撤回的日期</translation>
    </message>
    <message>
        <source>&amp;Day</source>
        <translation>日期(&amp;D)</translation>
    </message>
    <message>
        <source>Number of the approval; an approval needs it</source>
        <translation>批准文号；批准时必填</translation>
    </message>
    <message>
        <source>Why, for the history; no personal data</source>
        <translation>理由，记入历史；不得含个人信息</translation>
    </message>
    <message>
        <source>Rea&amp;son</source>
        <translation>理由(&amp;S)</translation>
    </message>
    <message>
        <source>Only an approval has a number</source>
        <translation>仅批准时填写文号</translation>
    </message>
    <message>
        <source>No application waits. Take one in with the form Application.</source>
        <translation>没有待办申请。请先在“受理取水申请”中登记。</translation>
    </message>
    <message>
        <source>Applied for on {day} · {decision} {number}</source>
        <translation>申请日期{day} · {decision} {number}</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>佐证材料</translation>
    </message>
    <message>
        <source>Photos and documents. A file outside the folder of the case is copied beside it; its hash is kept</source>
        <translation>照片和文件。不在案卷文件夹内的文件将复制到案卷旁，并记录校验值</translation>
    </message>
    <message>
        <source>Add P&amp;hoto…</source>
        <translation>添加照片…(&amp;H)</translation>
    </message>
    <message>
        <source>Add Do&amp;cument…</source>
        <translation>添加文件…(&amp;C)</translation>
    </message>
    <message>
        <source>Remo&amp;ve</source>
        <translation>移除(&amp;V)</translation>
    </message>
    <message>
        <source>Who inspected on site; fills in an inspection</source>
        <translation>现场核查人；填写即登记现场核查</translation>
    </message>
    <message>
        <source>The power of the well was cut</source>
        <translation>该井已断电</translation>
    </message>
    <message>
        <source>The permit of the well was cancelled</source>
        <translation>该井取水许可已注销</translation>
    </message>
    <message>
        <source>The day of the evidence</source>
        <translation>佐证日期</translation>
    </message>
    <message>
        <source>&amp;Inspected by</source>
        <translation>核查人(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Evidence of</source>
        <translation>佐证日期(&amp;E)</translation>
    </message>
    <message>
        <source>Take the file off the list</source>
        <translation>从列表中移除该文件</translation>
    </message>
    <message>
        <source>Choose a file of the list first</source>
        <translation>请先选中列表中的文件</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Choose evidence</source>
        <translation>选择佐证材料</translation>
    </message>
    <message>
        <source>Type part of the id or name</source>
        <translation>输入编号或名称的一部分</translation>
    </message>
    <message>
        <source>Click the feature on the map</source>
        <translation>在地图上点选对象</translation>
    </message>
    <message>
        <source>Record an act</source>
        <translation>登记事项</translation>
    </message>
    <message>
        <source>Take an act back</source>
        <translation>撤销登记</translation>
    </message>
    <message>
        <source>The policy whose ledger answers; that of the last run to begin with</source>
        <translation>用以核算台账的政策；默认为最近一次核查所用政策</translation>
    </message>
    <message>
        <source>&amp;Policy</source>
        <translation>政策文件(&amp;P)</translation>
    </message>
    <message>
        <source>Your name stands beside every act; it is no authentication</source>
        <translation>每项登记均署此姓名；不作身份认证</translation>
    </message>
    <message>
        <source>Si&amp;gned by</source>
        <translation>登记人(&amp;G)</translation>
    </message>
    <message>
        <source>Record it an&amp;yway</source>
        <translation>仍予登记(&amp;Y)</translation>
    </message>
    <message>
        <source>The contradiction is known and the act is right; the history says so</source>
        <translation>已知与台账相抵触而事项属实；历史中予以注明</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop the work; nothing more is recorded</source>
        <translation>停止处理，不再登记</translation>
    </message>
    <message>
        <source>Take the act just recorded back</source>
        <translation>撤销刚刚登记的事项</translation>
    </message>
    <message>
        <source>Nothing was recorded in this window yet</source>
        <translation>本窗口尚未登记任何事项</translation>
    </message>
    <message>
        <source>Taken back: {subject}</source>
        <translation>已撤销：{subject}</translation>
    </message>
    <message>
        <source>Choose a policy to see what the ledger says.</source>
        <translation>请选择政策以查看台账结果。</translation>
    </message>
    <message>
        <source>Put it on record</source>
        <translation>记入案卷</translation>
    </message>
    <message>
        <source>No case file is open. Open or create one first.</source>
        <translation>尚未打开案卷文件。请先打开或新建。</translation>
    </message>
    <message>
        <source>Fill in what happened and press Record. The ledger answers here.</source>
        <translation>填写事项后点击“登记”，台账结果显示于此。</translation>
    </message>
    <message>
        <source>Retired and Restored Land</source>
        <translation>土地退减与复灌</translation>
    </message>
    <message>
        <source>The irrigation area: part of its id, or a click on the map</source>
        <translation>灌溉地块：输入编号的一部分，或在地图上点选</translation>
    </message>
    <message>
        <source>I&amp;rrigation area</source>
        <translation>灌溉地块(&amp;R)</translation>
    </message>
    <message>
        <source>Retired from irrigation, or irrigated again</source>
        <translation>退减灌溉，或恢复灌溉</translation>
    </message>
    <message>
        <source>Wh&amp;at happened</source>
        <translation>事项(&amp;A)</translation>
    </message>
    <message>
        <source>The day from which it holds</source>
        <translation>生效日期</translation>
    </message>
    <message>
        <source>The whole area</source>
        <translation>全部面积</translation>
    </message>
    <message>
        <source>Part of the area in mu; 0 means the whole area</source>
        <translation>涉及面积，单位亩；0表示全部</translation>
    </message>
    <message>
        <source>Number of the document that orders or reports it</source>
        <translation>有关文件的文号</translation>
    </message>
    <message>
        <source>Link Drilled Well</source>
        <translation>关联建成井</translation>
    </message>
    <message>
        <source>Approved applications whose well is not linked yet</source>
        <translation>已批准而尚未关联建成井的申请</translation>
    </message>
    <message>
        <source>The well: one of the register, or a new id, which adds the well at the place of the application</source>
        <translation>机井：登记册中的机井，或新编号（在申请位置新增机井）</translation>
    </message>
    <message>
        <source>&amp;Well</source>
        <translation>机井(&amp;W)</translation>
    </message>
    <message>
        <source>The day on which the well was built</source>
        <translation>成井日期</translation>
    </message>
    <message>
        <source>&amp;Built on</source>
        <translation>成井日期(&amp;B)</translation>
    </message>
    <message>
        <source>The day on which the well was commissioned</source>
        <translation>投入使用日期</translation>
    </message>
    <message>
        <source>&amp;Commissioned on</source>
        <translation>投入使用日期(&amp;C)</translation>
    </message>
    <message>
        <source>Number of the report of acceptance; empty: that of the approval</source>
        <translation>验收文件文号；留空则用批准文号</translation>
    </message>
    <message>
        <source>The wells pledged to the application go over to the drilled well as used.</source>
        <translation>申请所预留的封填井转为该建成井“已用”。</translation>
    </message>
    <message>
        <source>No approved application waits for its well.</source>
        <translation>没有待关联建成井的已批准申请。</translation>
    </message>
    <message>
        <source>Record Seal</source>
        <translation>登记封填</translation>
    </message>
    <message>
        <source>The well: part of its id or name, or a click on the map</source>
        <translation>机井：输入编号或名称的一部分，或在地图上点选</translation>
    </message>
    <message>
        <source>What happened to the well</source>
        <translation>机井发生的事项</translation>
    </message>
    <message>
        <source>Further evidence for the seal on record</source>
        <translation>为已登记的封填补充佐证</translation>
    </message>
    <message>
        <source>The day on which it happened</source>
        <translation>发生日期</translation>
    </message>
    <message>
        <source>The evidence is complete: the credit will be {state}.</source>
        <translation>佐证齐备，额度状态将为“{state}”。</translation>
    </message>
    <message>
        <source>The credit will be {state} – {lacks}</source>
        <translation>额度状态将为“{state}”——{lacks}</translation>
    </message>
    <message>
        <source>{well} earns no credit: it is not sealed on that day.</source>
        <translation>{well}不计额度：该日并未封填。</translation>
    </message>
    <message>
        <source>Credit of {well}: {state} – {reason}</source>
        <translation>{well}的额度：{state}——{reason}</translation>
    </message>
    <message>
        <source>Credit of {well}: {state} – {lacks}</source>
        <translation>{well}的额度：{state}——{lacks}</translation>
    </message>
    <message>
        <source>Credit of {well}: {state} for {holder}</source>
        <translation>{well}的额度：{state}（{holder}）</translation>
    </message>
    <message>
        <source>Credit of {well}: {state}</source>
        <translation>{well}的额度：{state}</translation>
    </message>
    <message>
        <source>{name} in the ledger: {stage}</source>
        <translation>{name}的台账状态：{stage}</translation>
    </message>
    <message>
        <source>wells pledged: {wells}</source>
        <translation>预留封填井：{wells}</translation>
    </message>
    <message>
        <source>lacks one of: {kinds}</source>
        <translation>尚缺其一：{kinds}</translation>
    </message>
    <message>
        <source>lacks: {kinds}</source>
        <translation>尚缺：{kinds}</translation>
    </message>
    <message>
        <source>The policy keeps no ledger of replacements.</source>
        <translation>该政策不设减二更一台账。</translation>
    </message>
    <message>
        <source>Recorded: {subject} · {what} · {day} · {id}</source>
        <translation>已登记：{subject} · {what} · {day} · {id}</translation>
    </message>
    <message>
        <source>Well</source>
        <translation>机井</translation>
    </message>
    <message>
        <source>Distance (km)</source>
        <translation>距离（km）</translation>
    </message>
    <message>
        <source>Volume freed (m³/a)</source>
        <translation>核减水量（m³/年）</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Score</source>
        <translation>评分</translation>
    </message>
    <message>
        <source>Why not eligible</source>
        <translation>不可选原因</translation>
    </message>
    <message>
        <source>needs {needed} · has {has}</source>
        <translation>应核减{needed}眼 · 已有{has}眼</translation>
    </message>
    <message>
        <source>{well} (on record; not in the register)</source>
        <translation>{well}（已登记；台账中无此井）</translation>
    </message>
    <message>
        <source>{well} ({about}; on record)</source>
        <translation>{well}（{about}；已登记）</translation>
    </message>
    <message>
        <source>{well} ({about})</source>
        <translation>{well}（{about}）</translation>
    </message>
    <message>
        <source>{well} ({km})</source>
        <translation>{well}（{km}）</translation>
    </message>
    <message>
        <source>{number}: {wells}, score {costs} = {score}</source>
        <translation>方案{number}：{wells}，评分 {costs} = {score}</translation>
    </message>
    <message>
        <source>Pair Wells</source>
        <translation>机井配对（减二更一）</translation>
    </message>
    <message>
        <source>Pair</source>
        <translation>配对</translation>
    </message>
    <message>
        <source>Reading the case for pairing</source>
        <translation>正在读取案卷</translation>
    </message>
    <message>
        <source>{well}: {reason}</source>
        <translation>{well}：{reason}</translation>
    </message>
    <message>
        <source>The renewal has all its wells. Remove one first.</source>
        <translation>该更新井已配足，请先移除一眼。</translation>
    </message>
    <message>
        <source>No renewal waits for wells. Take in an application first.</source>
        <translation>没有待配对的更新井。请先受理更新申请。</translation>
    </message>
    <message>
        <source>{renewal} is no renewal of this case.</source>
        <translation>本案卷中没有更新井{renewal}。</translation>
    </message>
    <message>
        <source>Record these wells as reserved for the renewal</source>
        <translation>将所选机井登记为该更新井的预留核减井</translation>
    </message>
    <message>
        <source>Leave all chosen wells; what is on record stays</source>
        <translation>清除所选机井，已登记的配对不变</translation>
    </message>
    <message>
        <source>Show the three best choices of all the wells that are still needed</source>
        <translation>给出尚需机井的三个最优组合</translation>
    </message>
    <message>
        <source>The renewal needs no further wells, or can be given none</source>
        <translation>该更新井无需再配，或不能配对</translation>
    </message>
    <message>
        <source>There is no renewal to pair</source>
        <translation>没有可配对的更新井</translation>
    </message>
    <message>
        <source>Choose a well first</source>
        <translation>请先选定机井</translation>
    </message>
    <message>
        <source>What is chosen cannot be paired; the line above says why</source>
        <translation>所选机井不能配对，原因见上方说明</translation>
    </message>
    <message>
        <source>Enter your name first</source>
        <translation>请先填写姓名</translation>
    </message>
    <message>
        <source>Not enough wells are eligible. The list says why each of the others is not.</source>
        <translation>可选机井不足，其余机井不可选的原因见列表。</translation>
    </message>
    <message>
        <source>{n} wells are reserved for {renewal}.</source>
        <translation>已为{renewal}预留核减井{n}眼。</translation>
    </message>
    <message>
        <source>Saving the pair</source>
        <translation>正在保存配对</translation>
    </message>
    <message>
        <source>{well} is free again; {renewal} needs another well.</source>
        <translation>{well}已释放，{renewal}须另配机井。</translation>
    </message>
    <message>
        <source>Breaking the pair</source>
        <translation>正在解除配对</translation>
    </message>
    <message>
        <source>What the ledger says of each pool, year by year, and in all</source>
        <translation>台账中各核算单元分年度及合计情况</translation>
    </message>
    <message>
        <source>Every pair on record, those that were broken too</source>
        <translation>全部登记的配对，含已解除的配对</translation>
    </message>
    <message>
        <source>Break Pair…</source>
        <translation>解除配对…</translation>
    </message>
    <message>
        <source>&amp;Balance by county and year</source>
        <translation>分区县、分年度平衡情况(&amp;B)</translation>
    </message>
    <message>
        <source>All &amp;pairs</source>
        <translation>全部配对(&amp;P)</translation>
    </message>
    <message>
        <source>Take the well back from the renewal; you are asked for the reason</source>
        <translation>解除该机井与更新井的配对，须填写原因</translation>
    </message>
    <message>
        <source>Choose a pair that still stands in the list below</source>
        <translation>请在下方列表中选择有效的配对</translation>
    </message>
    <message>
        <source>Year</source>
        <translation>年份</translation>
    </message>
    <message>
        <source>Wells pledged</source>
        <translation>已配机井</translation>
    </message>
    <message>
        <source>no day</source>
        <translation>无日期</translation>
    </message>
    <message>
        <source>Distance</source>
        <translation>距离</translation>
    </message>
    <message>
        <source>Clause</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>Clause: {number} {locator}</source>
        <translation>依据：{number} {locator}</translation>
    </message>
    <message>
        <source>The renewal that needs wells; type a part of its id or place to search</source>
        <translation>待配对的更新井，可输入编号或位置的一部分查找</translation>
    </message>
    <message>
        <source>Renewal &amp;well</source>
        <translation>更新井(&amp;W)</translation>
    </message>
    <message>
        <source>Pick the renewal on the map</source>
        <translation>在地图上选取更新井</translation>
    </message>
    <message>
        <source>Show the words of the document on which this rests</source>
        <translation>显示所依据的文件原文</translation>
    </message>
    <message>
        <source>Id or place</source>
        <translation>编号或位置</translation>
    </message>
    <message>
        <source>Show only wells with this in their id or place</source>
        <translation>只显示编号或位置含此文字的机井</translation>
    </message>
    <message>
        <source>Searc&amp;h candidates</source>
        <translation>查找备选井(&amp;H)</translation>
    </message>
    <message>
        <source>any</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>Wells farther off are not eligible; the distance of the document holds as well</source>
        <translation>超出此距离的机井不可选；文件规定的距离同时有效</translation>
    </message>
    <message>
        <source>&amp;Max. distance (km)</source>
        <translation>最大距离（km）(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Not used yet</source>
        <translation>未使用(&amp;N)</translation>
    </message>
    <message>
        <source>Only wells that back no renewal</source>
        <translation>只显示未用于其他更新井的机井</translation>
    </message>
    <message>
        <source>Sealed &amp;only</source>
        <translation>仅已封填(&amp;O)</translation>
    </message>
    <message>
        <source>Wells that are still in use are not eligible</source>
        <translation>在用机井不可选</translation>
    </message>
    <message>
        <source>Choose wells on the map: click one to take or leave it</source>
        <translation>在地图上点选机井，再次点击取消</translation>
    </message>
    <message>
        <source>Same as the renewal</source>
        <translation>与更新井相同</translation>
    </message>
    <message>
        <source>Only wells that have this in common with the renewal</source>
        <translation>只显示该项与更新井相同的机井</translation>
    </message>
    <message>
        <source>Candidates</source>
        <translation>备选机井</translation>
    </message>
    <message>
        <source>Suggest &amp;Best</source>
        <translation>推荐方案(&amp;B)</translation>
    </message>
    <message>
        <source>The three best choices with their score; choosing one saves nothing</source>
        <translation>三个最优方案及评分；选取方案并不保存</translation>
    </message>
    <message>
        <source>&amp;Clear</source>
        <translation>清除(&amp;C)</translation>
    </message>
    <message>
        <source>Your name; it is kept with what you record, and is no authentication</source>
        <translation>经办人姓名，随登记内容保存，不作身份认证</translation>
    </message>
    <message>
        <source>&amp;Save Pair</source>
        <translation>保存配对(&amp;S)</translation>
    </message>
    <message>
        <source>Break Pair</source>
        <translation>解除配对</translation>
    </message>
    <message>
        <source>{well} is taken back from {renewal}, which then needs another well. The history keeps both.</source>
        <translation>{well}将与{renewal}解除配对，该更新井须另配机井。历史记录保留配对与解除两项。</translation>
    </message>
    <message>
        <source>Why the pair is broken; no names of persons, no telephone numbers</source>
        <translation>解除配对的原因；请勿填写个人姓名、电话号码</translation>
    </message>
    <message>
        <source>&amp;Reason (at least {n} characters)</source>
        <translation>原因（不少于{n}个字）(&amp;R)</translation>
    </message>
    <message>
        <source>Write the reason first</source>
        <translation>请先填写原因</translation>
    </message>
    <message>
        <source>The wells that are retired for this renewal. Drop candidates here.</source>
        <translation>为该更新井核减的机井，可将备选井拖放至此。</translation>
    </message>
    <message>
        <source>drop or pick a well</source>
        <translation>拖放或点选机井</translation>
    </message>
    <message>
        <source>Take this well back from the renewal; you are asked for the reason</source>
        <translation>解除该机井与更新井的配对，须填写原因</translation>
    </message>
    <message>
        <source>Remove {well}</source>
        <translation>移除{well}</translation>
    </message>
    <message>
        <source>Do not take this well</source>
        <translation>不选此井</translation>
    </message>
    <message>
        <source>Balance: wells −{n} +1 · volume −{freed} +{taken} m³/a · area −{given} +{used} mu</source>
        <translation>平衡：机井 −{n} +1 · 水量 −{freed} +{taken} m³/年 · 面积 −{given} +{used} 亩</translation>
    </message>
    <message>
        <source>{amount} ({n} not known)</source>
        <translation>{amount}（{n}眼不详）</translation>
    </message>
    <message>
        <source>{km} km</source>
        <translation>{km} km</translation>
    </message>
    <message>
        <source>{reason} ({holder})</source>
        <translation>{reason}（{holder}）</translation>
    </message>
    <message>
        <source>{km} km × {weight}</source>
        <translation>{km} km × {weight}</translation>
    </message>
    <message>
        <source>{volume} 万m³ × {weight}</source>
        <translation>{volume} 万m³ × {weight}</translation>
    </message>
    <message>
        <source>still to be sealed {weight}</source>
        <translation>待封填 {weight}</translation>
    </message>
    <message>
        <source>{parts} = {score}</source>
        <translation>{parts} = {score}</translation>
    </message>
    <message>
        <source>Not assigned</source>
        <translation>未归属</translation>
    </message>
    <message>
        <source>same township</source>
        <translation>同乡镇</translation>
    </message>
    <message>
        <source>other township</source>
        <translation>不同乡镇</translation>
    </message>
    <message>
        <source>still to be sealed</source>
        <translation>待封填</translation>
    </message>
    <message>
        <source>sealed {day}</source>
        <translation>{day}封填</translation>
    </message>
    <message>
        <source>no sealing day</source>
        <translation>无封填日期</translation>
    </message>
    <message>
        <source>evidence ✗</source>
        <translation>依据不全</translation>
    </message>
    <message>
        <source>evidence ✓</source>
        <translation>依据齐全</translation>
    </message>
    <message>
        <source>, </source>
        <translation>，</translation>
    </message>
    <message>
        <source>Compare Policies</source>
        <translation>比对政策文件</translation>
    </message>
    <message>
        <source>The policy to compare with; it counts as the earlier one</source>
        <translation>用于比对的政策文件，视为较早的一份</translation>
    </message>
    <message>
        <source>Choose a policy</source>
        <translation>选择政策文件</translation>
    </message>
    <message>
        <source>{name} without the edits</source>
        <translation>{name}（未含本次修改）</translation>
    </message>
    <message>
        <source>&amp;Earlier policy</source>
        <translation>较早的文件(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Open File…</source>
        <translation>打开文件(&amp;O)…</translation>
    </message>
    <message>
        <source>Compare with a policy file of your own</source>
        <translation>与自有政策文件比对</translation>
    </message>
    <message>
        <source>Search the differences</source>
        <translation>搜索差异</translation>
    </message>
    <message>
        <source>Show only the differences that hold these words</source>
        <translation>仅显示含有所输文字的差异</translation>
    </message>
    <message>
        <source>Section</source>
        <translation>部分</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>条目</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>原值</translation>
    </message>
    <message>
        <source>After</source>
        <translation>现值</translation>
    </message>
    <message>
        <source>Differences</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>Both values in full</source>
        <translation>原值与现值全文</translation>
    </message>
    <message>
        <source>Choose the policy that {name} is compared with.</source>
        <translation>请选择与{name}比对的政策文件。</translation>
    </message>
    <message>
        <source>{name} with the edits</source>
        <translation>{name}（含本次修改）</translation>
    </message>
    <message>
        <source>Open Policy File</source>
        <translation>打开政策文件</translation>
    </message>
    <message>
        <source>Comparing …</source>
        <translation>正在比对……</translation>
    </message>
    <message>
        <source>Comparing policies</source>
        <translation>比对政策文件</translation>
    </message>
    <message>
        <source>The other policy could not be read.</source>
        <translation>另一份政策文件无法读取。</translation>
    </message>
    <message>
        <source>Both hold the same.</source>
        <translation>两份文件内容相同。</translation>
    </message>
    <message>
        <source>{before} → {after}: {added} added, {gone} gone, {changed} changed</source>
        <translation>{before} → {after}：新增{added}项，删去{gone}项，变更{changed}项</translation>
    </message>
    <message>
        <source>Reading the policy …</source>
        <translation>正在读取政策文件……</translation>
    </message>
    <message>
        <source>The open case was judged under {id}, a policy file of your own. Open that file.</source>
        <translation>当前案卷依据自有政策文件{id}核查，请打开该文件。</translation>
    </message>
    <message>
        <source>Choose a policy above, or open a policy file of your own.</source>
        <translation>请在上方选择政策文件，或打开自有政策文件。</translation>
    </message>
    <message>
        <source>without a number</source>
        <translation>无文号</translation>
    </message>
    <message>
        <source>version {hash}</source>
        <translation>版本{hash}</translation>
    </message>
    <message>
        <source>edited, not saved</source>
        <translation>已修改，未保存</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>尚未作任何修改</translation>
    </message>
    <message>
        <source>Nothing was taken back</source>
        <translation>没有可恢复的修改</translation>
    </message>
    <message>
        <source>No policy is open</source>
        <translation>未打开政策文件</translation>
    </message>
    <message>
        <source>Checking the edited policy</source>
        <translation>检查修改后的政策文件</translation>
    </message>
    <message>
        <source>Saving the policy</source>
        <translation>保存政策文件</translation>
    </message>
    <message>
        <source>Save New Version</source>
        <translation>另存为新版本</translation>
    </message>
    <message>
        <source>Saved as {name}, version {hash}. Findings on record keep the version they were made with.</source>
        <translation>已保存为{name}，版本{hash}。已有核查结论仍保留其作出时所依据的版本。</translation>
    </message>
    <message>
        <source>What was changed while saving is not in the file; save again to keep it.</source>
        <translation>保存期间所作的修改未写入文件，请再次保存。</translation>
    </message>
    <message>
        <source>Unsaved Edits</source>
        <translation>修改未保存</translation>
    </message>
    <message>
        <source>The edits of this policy are not saved. Discard them?</source>
        <translation>对本政策文件的修改尚未保存，是否放弃？</translation>
    </message>
    <message>
        <source>Has a &amp;value</source>
        <translation>设定取值(&amp;V)</translation>
    </message>
    <message>
        <source>Untick to leave the parameter without a value</source>
        <translation>取消勾选则该参数不设取值</translation>
    </message>
    <message>
        <source>&amp;Back to the File</source>
        <translation>恢复文件取值(&amp;B)</translation>
    </message>
    <message>
        <source>Take the value that stands in the policy file</source>
        <translation>恢复为政策文件中的取值</translation>
    </message>
    <message>
        <source>Choose a rule or a parameter above.</source>
        <translation>请在上方选择规则或参数。</translation>
    </message>
    <message>
        <source>Allowed: {range}</source>
        <translation>允许：{range}</translation>
    </message>
    <message>
        <source>Suggested: {values}</source>
        <translation>建议：{values}</translation>
    </message>
    <message>
        <source>The rules that read this parameter cannot do without a value</source>
        <translation>读取该参数的规则必须有取值</translation>
    </message>
    <message>
        <source>The value of the parameter; it counts at once and is saved with the new version</source>
        <translation>参数取值，修改后即时生效，随新版本一并保存</translation>
    </message>
    <message>
        <source>numbers with semicolons between them, such as 1; 1.5; 2</source>
        <translation>数字之间用分号分隔，如 1; 1.5; 2</translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Policy Profile</source>
        <translation>政策文件</translation>
    </message>
    <message>
        <source>The policies that come with the product, and the file opened here</source>
        <translation>随附的政策文件，以及在此打开的文件</translation>
    </message>
    <message>
        <source>Open a policy file of your own (TOML)</source>
        <translation>打开自有政策文件（TOML）</translation>
    </message>
    <message>
        <source>Co&amp;mpare…</source>
        <translation>比对(&amp;M)…</translation>
    </message>
    <message>
        <source>Compare with another policy line by line</source>
        <translation>与另一份政策文件逐条比对</translation>
    </message>
    <message>
        <source>Take the last change back (Ctrl+Z)</source>
        <translation>撤销上一步修改（Ctrl+Z）</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>恢复(&amp;R)</translation>
    </message>
    <message>
        <source>Make the change again (Ctrl+Y)</source>
        <translation>恢复已撤销的修改（Ctrl+Y）</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Targets</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Clauses</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>Checks</source>
        <translation>核验</translation>
    </message>
    <message>
        <source>Identity</source>
        <translation>文件信息</translation>
    </message>
    <message>
        <source>What Would Change</source>
        <translation>修改影响</translation>
    </message>
    <message>
        <source>Text of the clause</source>
        <translation>条款原文</translation>
    </message>
    <message>
        <source>The exact words of the clause behind what is chosen; they cannot be edited</source>
        <translation>所选内容依据的条款原文，不可修改</translation>
    </message>
    <message>
        <source>Choose a rule, a parameter, a target or a clause to read the text here.</source>
        <translation>选择规则、参数、目标或条款后，此处显示原文。</translation>
    </message>
    <message>
        <source>&amp;Save New Version…</source>
        <translation>另存为新版本(&amp;S)…</translation>
    </message>
    <message>
        <source>Text of the Clause</source>
        <translation>条款原文</translation>
    </message>
    <message>
        <source>Place in the text</source>
        <translation>原文位置</translation>
    </message>
    <message>
        <source>Quote</source>
        <translation>原文</translation>
    </message>
    <message>
        <source>Gloss</source>
        <translation>释义</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Force</source>
        <translation>效力</translation>
    </message>
    <message>
        <source>Search id, place, quote, gloss and kind</source>
        <translation>搜索编号、位置、原文、释义、类别</translation>
    </message>
    <message>
        <source>Show only the clauses that hold these words</source>
        <translation>仅显示含有所输文字的条款</translation>
    </message>
    <message>
        <source>not read</source>
        <translation>未读原文</translation>
    </message>
    <message>
        <source>{n} of {all} clauses. Quotes are read, never edited.</source>
        <translation>共{all}条，显示{n}条。原文只读，不可修改。</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>核验情况</translation>
    </message>
    <message>
        <source>note</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Contradictions among the figures of the document: {n}. They are shown, never repaired.</source>
        <translation>文件自身数字相互矛盾{n}处。仅予列示，不作更改。</translation>
    </message>
    <message>
        <source>The document has no figures that could contradict each other.</source>
        <translation>该文件没有可相互核对的数字。</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>取值</translation>
    </message>
    <message>
        <source>the whole country</source>
        <translation>全国</translation>
    </message>
    <message>
        <source>Version (by content)</source>
        <translation>版本（按内容计算）</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Holds</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Last run of the case</source>
        <translation>案卷最近一次核查</translation>
    </message>
    <message>
        <source>{clauses} clauses, {rules} rules ({off} switched off), {settings} parameters, {targets} targets</source>
        <translation>条款{clauses}条，规则{rules}条（停用{off}条），参数{settings}项，目标{targets}项</translation>
    </message>
    <message>
        <source>made with this version</source>
        <translation>依据本版本作出</translation>
    </message>
    <message>
        <source>made with another version of it, {hash}</source>
        <translation>依据本文件的另一版本{hash}作出</translation>
    </message>
    <message>
        <source>made with another policy, {id}, version {hash}</source>
        <translation>依据另一文件{id}（版本{hash}）作出</translation>
    </message>
    <message>
        <source>for information</source>
        <translation>供参考</translation>
    </message>
    <message>
        <source>agrees</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>within rounding</source>
        <translation>在舍入范围内</translation>
    </message>
    <message>
        <source>contradiction</source>
        <translation>相互矛盾</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>键</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>现有值</translation>
    </message>
    <message>
        <source>Allowed</source>
        <translation>允许值</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>处理办法</translation>
    </message>
    <message>
        <source>Errors of the file</source>
        <translation>文件错误</translation>
    </message>
    <message>
        <source>Read &amp;Again</source>
        <translation>重新读取(&amp;A)</translation>
    </message>
    <message>
        <source>Read the file again after mending it in a text editor</source>
        <translation>用文本编辑器改正后重新读取该文件</translation>
    </message>
    <message>
        <source>{name} was not opened: {n} errors. Mend them in a text editor, then press Read Again.</source>
        <translation>未打开{name}：有{n}处错误。请用文本编辑器改正后点击“重新读取”。</translation>
    </message>
    <message>
        <source>Reading the policy</source>
        <translation>读取政策文件</translation>
    </message>
    <message>
        <source>Search rules and parameters</source>
        <translation>搜索规则和参数</translation>
    </message>
    <message>
        <source>Show only the rules and parameters that hold these words, e.g. not set</source>
        <translation>仅显示含有所输文字的规则和参数，如“未设定”</translation>
    </message>
    <message>
        <source>Rules and parameters</source>
        <translation>规则和参数</translation>
    </message>
    <message>
        <source>Rule or parameter</source>
        <translation>规则或参数</translation>
    </message>
    <message>
        <source>Where from</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>This policy has no rules and no parameters.</source>
        <translation>该政策文件没有规则和参数。</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>stands in the text</source>
        <translation>文件写明</translation>
    </message>
    <message>
        <source>Parameters of ledger, balances, rankings and plans</source>
        <translation>台账、平衡、排名和计划所用参数</translation>
    </message>
    <message>
        <source>This value stands in the words of the clause and is not edited: a quote is a quote.</source>
        <translation>该取值出自条款原文，不可修改。</translation>
    </message>
    <message>
        <source>Untick the rule to switch it off. A run then says of its clause that it was not evaluated.</source>
        <translation>取消勾选即停用该规则，核查时相应条款列为“未评价”。</translation>
    </message>
    <message>
        <source>They are read by more than one rule, or by none of those above.</source>
        <translation>由多条规则共用，或不由上列规则读取。</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>The text sets no target for this year</source>
        <translation>文件未规定该年目标</translation>
    </message>
    <message>
        <source>Given by a person, not by the text</source>
        <translation>由人员给出，非文件原文</translation>
    </message>
    <message>
        <source>As it stands in the text; double-click or F2 to edit</source>
        <translation>文件原文数值；双击或按F2修改</translation>
    </message>
    <message>
        <source>This document sets no targets by unit and year.</source>
        <translation>该文件未按单元和年度规定目标。</translation>
    </message>
    <message>
        <source>Double-click a figure or press F2 to edit it; empty it to take it away. ✎ marks figures given by a person.</source>
        <translation>双击数值或按F2修改，清空即删去。✎表示由人员给出的数值。</translation>
    </message>
    <message>
        <source>from tables of the register</source>
        <translation>由登记表提供</translation>
    </message>
    <message>
        <source>given by a person</source>
        <translation>人员给出</translation>
    </message>
    <message>
        <source>not set (optional)</source>
        <translation>未设定（可不设）</translation>
    </message>
    <message>
        <source>not set: the text gives no value</source>
        <translation>未设定：文件未给出取值</translation>
    </message>
    <message>
        <source>unverified: a reading of ours</source>
        <translation>未核实：我们的理解</translation>
    </message>
    <message>
        <source>corroborated</source>
        <translation>有旁证</translation>
    </message>
    <message>
        <source>{low} to {high} {unit}</source>
        <translation>{low}至{high} {unit}</translation>
    </message>
    <message>
        <source>{low} {unit} or more</source>
        <translation>不小于{low} {unit}</translation>
    </message>
    <message>
        <source>{high} {unit} or less</source>
        <translation>不大于{high} {unit}</translation>
    </message>
    <message>
        <source>target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>limit on a quantity</source>
        <translation>数量限值</translation>
    </message>
    <message>
        <source>prohibition by place</source>
        <translation>空间禁止</translation>
    </message>
    <message>
        <source>rule on permits</source>
        <translation>许可规定</translation>
    </message>
    <message>
        <source>rule on metering</source>
        <translation>计量规定</translation>
    </message>
    <message>
        <source>rule on monitoring</source>
        <translation>监测规定</translation>
    </message>
    <message>
        <source>rule on reporting</source>
        <translation>报告规定</translation>
    </message>
    <message>
        <source>rule on ranking</source>
        <translation>排名规定</translation>
    </message>
    <message>
        <source>rule on fees</source>
        <translation>收费规定</translation>
    </message>
    <message>
        <source>mandatory</source>
        <translation>强制</translation>
    </message>
    <message>
        <source>soft: reported, never failed</source>
        <translation>倡导性：仅提示，不判不符合</translation>
    </message>
    <message>
        <source>claimed result</source>
        <translation>文件自述的成果</translation>
    </message>
    <message>
        <source>computable</source>
        <translation>可计算</translation>
    </message>
    <message>
        <source>needs a value that the text lacks</source>
        <translation>需补充文件未给出的取值</translation>
    </message>
    <message>
        <source>for a person to check</source>
        <translation>由人员核对</translation>
    </message>
    <message>
        <source>Nobody has read the words; this is a paraphrase.</source>
        <translation>未读过原文，以下为转述。</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Places</source>
        <translation>单元</translation>
    </message>
    <message>
        <source>Quantities</source>
        <translation>指标</translation>
    </message>
    <message>
        <source>Authorities</source>
        <translation>主管机关</translation>
    </message>
    <message>
        <source>Zones named</source>
        <translation>所列分区</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>added</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>gone</source>
        <translation>删去</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>变更</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Issued by</source>
        <translation>发文单位</translation>
    </message>
    <message>
        <source>Issued on</source>
        <translation>发文日期</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>单位</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>a reading of ours</source>
        <translation>我们的理解</translation>
    </message>
    <message>
        <source>the text gives no value</source>
        <translation>文件未给出取值</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>已核实</translation>
    </message>
    <message>
        <source>unverified</source>
        <translation>未核实</translation>
    </message>
    <message>
        <source>absent</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Count a&amp;fter each change</source>
        <translation>每次修改后自动计算(&amp;F)</translation>
    </message>
    <message>
        <source>Count by itself one second after the last change</source>
        <translation>最后一次修改一秒后自动计算</translation>
    </message>
    <message>
        <source>Count &amp;Now</source>
        <translation>立即计算(&amp;N)</translation>
    </message>
    <message>
        <source>Stop counting; nothing was written</source>
        <translation>停止计算，未写入任何内容</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结论</translation>
    </message>
    <message>
        <source>Entered</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>消失</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>变化</translation>
    </message>
    <message>
        <source>What would change</source>
        <translation>修改影响</translation>
    </message>
    <message>
        <source>Open a case file to see what a change would do to its findings.</source>
        <translation>打开案卷文件后，可查看修改对其核查结论的影响。</translation>
    </message>
    <message>
        <source>Change something, or press Count Now, to see what would enter, leave and change in {case}.</source>
        <translation>修改参数，或点击“立即计算”，查看{case}中核查结论的增减与变更。</translation>
    </message>
    <message>
        <source>The edits have changed since this count. Press Count Now.</source>
        <translation>计算之后又有修改，请点击“立即计算”。</translation>
    </message>
    <message>
        <source>What the policy would change</source>
        <translation>政策修改的影响</translation>
    </message>
    <message>
        <source>Judging the register of {case} under the edited policy …</source>
        <translation>正在按修改后的政策核查{case}中的登记资料……</translation>
    </message>
    <message>
        <source>The count was cancelled. Nothing was written.</source>
        <translation>计算已取消，未写入任何内容。</translation>
    </message>
    <message>
        <source>Judge the register of the open case under the edited policy and compare; nothing is written</source>
        <translation>按修改后的政策核查当前案卷的登记资料并比对，不写入任何内容</translation>
    </message>
    <message>
        <source>No case file is open</source>
        <translation>未打开案卷文件</translation>
    </message>
    <message>
        <source>Wells by worst outcome: {wells}</source>
        <translation>机井按最不利结论统计：{wells}</translation>
    </message>
    <message>
        <source>Und&amp;o</source>
        <translation>撤销(&amp;O)</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Sol&amp;ve…</source>
        <translation>求解(&amp;V)…</translation>
    </message>
    <message>
        <source>E&amp;xport…</source>
        <translation>导出(&amp;X)…</translation>
    </message>
    <message>
        <source>Tick on Ma&amp;p</source>
        <translation>图上勾选(&amp;P)</translation>
    </message>
    <message>
        <source>How far the work under way is</source>
        <translation>当前任务进度</translation>
    </message>
    <message>
        <source>Stops the work under way; nothing of it is kept</source>
        <translation>停止当前任务，不保留任何结果</translation>
    </message>
    <message>
        <source>Open a case file with irrigation areas first</source>
        <translation>请先打开含灌溉地块的案卷</translation>
    </message>
    <message>
        <source>Wait until the work under way is done, or cancel it</source>
        <translation>请等待当前任务完成，或取消该任务</translation>
    </message>
    <message>
        <source>The base is the record: duplicate it first</source>
        <translation>基准即台账现状：请先复制</translation>
    </message>
    <message>
        <source>There is no edit to take back</source>
        <translation>没有可撤销的修改</translation>
    </message>
    <message>
        <source>Takes the last edit back</source>
        <translation>撤销上一步修改</translation>
    </message>
    <message>
        <source>No edit was taken back</source>
        <translation>没有可重做的修改</translation>
    </message>
    <message>
        <source>Does the edit again</source>
        <translation>重做已撤销的修改</translation>
    </message>
    <message>
        <source>Fills this scenario with the plan that costs least</source>
        <translation>以成本最低的方案填充本情景</translation>
    </message>
    <message>
        <source>Writes this scenario as CSV or XLSX</source>
        <translation>将本情景导出为CSV或XLSX</translation>
    </message>
    <message>
        <source>There is no map</source>
        <translation>没有地图窗口</translation>
    </message>
    <message>
        <source>A click on the map ticks an area or clears it</source>
        <translation>在图上单击地块即勾选或取消</translation>
    </message>
    <message>
        <source>Read the irrigation land</source>
        <translation>读取灌溉地块</translation>
    </message>
    <message>
        <source>Base</source>
        <translation>基准</translation>
    </message>
    <message>
        <source>{n} parcels of {name} are left out: they are retired by now, locked or no longer there.</source>
        <translation>“{name}”中有{n}个地块未纳入：现已退减、已锁定或已不存在。</translation>
    </message>
    <message>
        <source>Plans on record that cannot be read: {ids}</source>
        <translation>以下在册方案无法读取：{ids}</translation>
    </message>
    <message>
        <source>Scenario</source>
        <translation>情景</translation>
    </message>
    <message>
        <source>Solve the retirement plan</source>
        <translation>求解退减方案</translation>
    </message>
    <message>
        <source>On record in the case file: {names}</source>
        <translation>已存入案卷：{names}</translation>
    </message>
    <message>
        <source>Save the retirement plan</source>
        <translation>保存退减方案</translation>
    </message>
    <message>
        <source>Search id, county or township</source>
        <translation>搜索编号、县（区）或乡镇</translation>
    </message>
    <message>
        <source>Shows the areas whose id, county or township contains this</source>
        <translation>仅显示编号、县（区）或乡镇含该文字的地块</translation>
    </message>
    <message>
        <source>Shows the areas of one unit; those that its border cuts too</source>
        <translation>仅显示某一单元的地块，含被其边界切割的地块</translation>
    </message>
    <message>
        <source>Shows the areas in zones of one class</source>
        <translation>仅显示某一类分区内的地块</translation>
    </message>
    <message>
        <source>Shows the areas with one source of water</source>
        <translation>仅显示某一水源的地块</translation>
    </message>
    <message>
        <source>Shows all areas, those that can be ticked, or those that are</source>
        <translation>显示全部、可勾选或已勾选的地块</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Takes every filter off</source>
        <translation>清除全部筛选条件</translation>
    </message>
    <message>
        <source>&amp;Year</source>
        <translation>年份(&amp;Y)</translation>
    </message>
    <message>
        <source>Year in which a ticked area is to be retired</source>
        <translation>勾选地块的退减年份</translation>
    </message>
    <message>
        <source>&amp;Lock Year</source>
        <translation>锁定年份(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Tick Selected</source>
        <translation>勾选所选(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Untick Selected</source>
        <translation>取消所选(&amp;U)</translation>
    </message>
    <message>
        <source>{shown} of {n} areas shown · {chosen} ticked</source>
        <translation>显示{shown}/{n}个地块 · 已勾选{chosen}个</translation>
    </message>
    <message>
        <source>The base cannot be edited: duplicate it first</source>
        <translation>基准情景不可修改：请先复制</translation>
    </message>
    <message>
        <source>Nothing in this year can be changed while it is locked</source>
        <translation>锁定后该年安排不可修改</translation>
    </message>
    <message>
        <source>This year is locked; press to open it</source>
        <translation>该年已锁定；点击解锁</translation>
    </message>
    <message>
        <source>Retires the selected areas in the year chosen</source>
        <translation>将所选地块安排在所选年份退减</translation>
    </message>
    <message>
        <source>Lets the selected areas stay in use</source>
        <translation>所选地块继续灌溉，不安排退减</translation>
    </message>
    <message>
        <source>All counties</source>
        <translation>全部县（区）</translation>
    </message>
    <message>
        <source>All zone classes</source>
        <translation>全部分区类型</translation>
    </message>
    <message>
        <source>All sources</source>
        <translation>全部水源</translation>
    </message>
    <message>
        <source>All areas</source>
        <translation>全部地块</translation>
    </message>
    <message>
        <source>Can be ticked</source>
        <translation>可勾选</translation>
    </message>
    <message>
        <source>Ticked</source>
        <translation>已勾选</translation>
    </message>
    <message>
        <source>Stays</source>
        <translation>不退减</translation>
    </message>
    <message>
        <source>Candidate areas. Space ticks the selected ones</source>
        <translation>候选地块。按空格键勾选所选地块</translation>
    </message>
    <message>
        <source>Compare Scenarios</source>
        <translation>情景对比</translation>
    </message>
    <message>
        <source>&amp;First</source>
        <translation>情景一(&amp;F)</translation>
    </message>
    <message>
        <source>The scenario on the left</source>
        <translation>左侧情景</translation>
    </message>
    <message>
        <source>&amp;Second</source>
        <translation>情景二(&amp;S)</translation>
    </message>
    <message>
        <source>The scenario on the right</source>
        <translation>右侧情景</translation>
    </message>
    <message>
        <source>What both plan in each unit up to the end of each year</source>
        <translation>两个情景在各单元截至各年末的计划退减面积</translation>
    </message>
    <message>
        <source>Areas that the two treat otherwise</source>
        <translation>两个情景安排不同的地块</translation>
    </message>
    <message>
        <source>Targets met: {first} of {n} against {second} of {n}</source>
        <translation>完成目标：{first}/{n} 对 {second}/{n}</translation>
    </message>
    <message>
        <source>{figure}, {scenario}</source>
        <translation>{figure}（{scenario}）</translation>
    </message>
    <message>
        <source>first</source>
        <translation>情景一</translation>
    </message>
    <message>
        <source>second</source>
        <translation>情景二</translation>
    </message>
    <message>
        <source>Planned</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Difference</source>
        <translation>差值</translation>
    </message>
    <message>
        <source>Gap</source>
        <translation>缺口</translation>
    </message>
    <message>
        <source>{n} areas are treated otherwise</source>
        <translation>{n}个地块安排不同</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>在用面积</translation>
    </message>
    <message>
        <source>areas</source>
        <translation>地块</translation>
    </message>
    <message>
        <source>{label} ({unit})</source>
        <translation>{label}（{unit}）</translation>
    </message>
    <message>
        <source>Unit id</source>
        <translation>单元编号</translation>
    </message>
    <message>
        <source>All together</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Target met</source>
        <translation>是否完成</translation>
    </message>
    <message>
        <source>On either side of a border ({unit})</source>
        <translation>界线两侧面积（{unit}）</translation>
    </message>
    <message>
        <source>ha</source>
        <translation>公顷</translation>
    </message>
    <message>
        <source>mu</source>
        <translation>亩</translation>
    </message>
    <message>
        <source>Cut by a border; it counts on either side: {split}</source>
        <translation>被行政界线切割，两侧分别计入：{split}</translation>
    </message>
    <message>
        <source>Counts</source>
        <translation>可计面积</translation>
    </message>
    <message>
        <source>Zone class</source>
        <translation>分区类型</translation>
    </message>
    <message>
        <source>Wells inside</source>
        <translation>区内机井</translation>
    </message>
    <message>
        <source>Tick an area to retire it in the year chosen above</source>
        <translation>勾选即安排在上方所选年份退减</translation>
    </message>
    <message>
        <source>County in which it lies; both where a border cuts it</source>
        <translation>所在县（区）；被界线切割的列出两侧</translation>
    </message>
    <message>
        <source>Township on record</source>
        <translation>登记的乡镇</translation>
    </message>
    <message>
        <source>Land that would go out of use</source>
        <translation>退减后停止灌溉的面积</translation>
    </message>
    <message>
        <source>Land that would count towards the target: without what other areas claim or what was retired earlier</source>
        <translation>可计入目标的面积：扣除其他地块占用及此前已退减部分</translation>
    </message>
    <message>
        <source>Class of the over-extraction and control zones that hold most of it</source>
        <translation>占比最大的超采区及禁限采区类型</translation>
    </message>
    <message>
        <source>Source of its irrigation water</source>
        <translation>灌溉水源</translation>
    </message>
    <message>
        <source>Wells on the register that stand in it</source>
        <translation>地块内在册机井数</translation>
    </message>
    <message>
        <source>Cost of retiring it, as recorded</source>
        <translation>登记的退减成本</translation>
    </message>
    <message>
        <source>Why it cannot be ticked, or its lock</source>
        <translation>不可勾选的原因或锁定状态</translation>
    </message>
    <message>
        <source>Year in which this scenario retires it; double-click to change it</source>
        <translation>本情景安排的退减年份；双击修改</translation>
    </message>
    <message>
        <source>Retirement Planner</source>
        <translation>退减灌溉面积方案编制</translation>
    </message>
    <message>
        <source>The case file is being read …</source>
        <translation>正在读取案卷……</translation>
    </message>
    <message>
        <source>No case file is open. Open one, or run the overlay into a new one, and come back.</source>
        <translation>尚未打开案卷。请先打开案卷，或运行叠加核查生成案卷后再来。</translation>
    </message>
    <message>
        <source>Nothing was read. Look at the message above, mend it, and open the planner again.</source>
        <translation>未读取到数据。请按上方提示处理后重新打开本窗口。</translation>
    </message>
    <message>
        <source>{n} of {all} areas were left as they are: they are locked, retired or cannot be planned with.</source>
        <translation>{all}个地块中有{n}个未改动：已锁定、已退减或不能纳入方案。</translation>
    </message>
    <message>
        <source>Duplicate the Scenario</source>
        <translation>复制情景</translation>
    </message>
    <message>
        <source>Rename the Scenario</source>
        <translation>重命名情景</translation>
    </message>
    <message>
        <source>Take {name} off the list?</source>
        <translation>将“{name}”从列表中删除？</translation>
    </message>
    <message>
        <source>It is on record in the case file and stays there: it is listed again when the planner is opened anew.</source>
        <translation>该情景已存入案卷，案卷中的记录予以保留；重新打开本窗口时仍会列出。</translation>
    </message>
    <message>
        <source>It is not on record; it cannot be brought back.</source>
        <translation>该情景未存入案卷，删除后无法恢复。</translation>
    </message>
    <message>
        <source>Delete the Scenario</source>
        <translation>删除情景</translation>
    </message>
    <message>
        <source>Written: {names}</source>
        <translation>已写出：{names}</translation>
    </message>
    <message>
        <source>Export the scenario</source>
        <translation>导出情景</translation>
    </message>
    <message>
        <source>Another case file is open now. This planner still shows {file}: save or close it first.</source>
        <translation>现已打开另一案卷。本窗口仍显示{file}：请先保存或关闭。</translation>
    </message>
    <message>
        <source>Export the Scenario</source>
        <translation>导出情景</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>These scenarios are not on record: {names}</source>
        <translation>以下情景尚未存入案卷：{names}</translation>
    </message>
    <message>
        <source>Save them in the case file before closing?</source>
        <translation>关闭前是否存入案卷？</translation>
    </message>
    <message>
        <source>S&amp;cenario</source>
        <translation>情景(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Duplicate…</source>
        <translation>复制(&amp;D)…</translation>
    </message>
    <message>
        <source>&amp;Rename…</source>
        <translation>重命名(&amp;R)…</translation>
    </message>
    <message>
        <source>Delet&amp;e…</source>
        <translation>删除(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>U&amp;nit</source>
        <translation>单位(&amp;N)</translation>
    </message>
    <message>
        <source>Areas in mu (one decimal) or hectares (two); 15 mu are one hectare</source>
        <translation>面积单位：亩（一位小数）或公顷（两位小数）；15亩为1公顷</translation>
    </message>
    <message>
        <source>Years shown</source>
        <translation>显示年份</translation>
    </message>
    <message>
        <source>Which years have columns: those of the targets and those of the plan</source>
        <translation>选择列出的年份：目标年及方案年份</translation>
    </message>
    <message>
        <source>&amp;As of</source>
        <translation>截止日期(&amp;A)</translation>
    </message>
    <message>
        <source>Day of judgement: what is on record up to it counts as achieved</source>
        <translation>判定日：截至该日的在册记录计为已完成</translation>
    </message>
    <message>
        <source>{name} (not saved)</source>
        <translation>{name}（未保存）</translation>
    </message>
    <message>
        <source>Scenarios are copies; the base is the record</source>
        <translation>情景均为副本；基准即台账现状</translation>
    </message>
    <message>
        <source>This scenario is on record as it stands</source>
        <translation>本情景已按现状存入案卷</translation>
    </message>
    <message>
        <source>There is only one scenario: duplicate it first</source>
        <translation>仅有一个情景：请先复制</translation>
    </message>
    <message>
        <source>Makes a copy of this scenario under another name</source>
        <translation>以新名称复制本情景</translation>
    </message>
    <message>
        <source>Gives this scenario another name</source>
        <translation>为本情景另取名称</translation>
    </message>
    <message>
        <source>Takes this scenario off the list, after a question</source>
        <translation>确认后将本情景从列表中删除</translation>
    </message>
    <message>
        <source>Shows two scenarios side by side</source>
        <translation>并列对比两个情景</translation>
    </message>
    <message>
        <source>Puts this scenario on record in the case file; nothing else does</source>
        <translation>将本情景存入案卷；其他操作均不入卷</translation>
    </message>
    <message>
        <source>Solve the Scenario</source>
        <translation>求解情景</translation>
    </message>
    <message>
        <source>Looks for the land that meets every target at least cost, starting from the record. What is ticked now is replaced; one Undo brings it back.</source>
        <translation>从台账现状出发，求取以最低成本完成全部目标的地块组合。现有勾选将被替换，撤销一次即可恢复。</translation>
    </message>
    <message>
        <source>The next one</source>
        <translation>最近的目标年</translation>
    </message>
    <message>
        <source>&amp;Target year</source>
        <translation>目标年(&amp;T)</translation>
    </message>
    <message>
        <source>The targets of this year are met; earlier ones too</source>
        <translation>完成该年及以前各年的目标</translation>
    </message>
    <message>
        <source>&amp;First year</source>
        <translation>起始年(&amp;F)</translation>
    </message>
    <message>
        <source>No land is retired before this year</source>
        <translation>此前各年不安排退减</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Time &amp;limit</source>
        <translation>时限(&amp;L)</translation>
    </message>
    <message>
        <source>After this time the best plan found so far is taken, with its gap</source>
        <translation>到时取已求得的最好方案，并给出间隙</translation>
    </message>
    <message>
        <source>&amp;Gap that is good enough</source>
        <translation>允许间隙(&amp;G)</translation>
    </message>
    <message>
        <source>The search ends when no plan can cost less by more than this</source>
        <translation>当可能的成本降幅不超过该比例时停止求解</translation>
    </message>
    <message>
        <source>&amp;Solve</source>
        <translation>求解(&amp;S)</translation>
    </message>
    <message>
        <source>Caps and Cost</source>
        <translation>上限与成本</translation>
    </message>
    <message>
        <source>&amp;Cap per township and year</source>
        <translation>乡镇年度上限(&amp;C)</translation>
    </message>
    <message>
        <source>At most this share of a township&apos;s irrigated land is retired in one year</source>
        <translation>一个乡镇一年内退减面积占其灌溉面积的最高比例</translation>
    </message>
    <message>
        <source>Use the &amp;recorded cost of each area</source>
        <translation>按登记的退减成本求解(&amp;R)</translation>
    </message>
    <message>
        <source>Without it the plan takes least land; areas without a cost are left out with it</source>
        <translation>不勾选时以退减面积最小为目标；勾选时无成本的地块不纳入</translation>
    </message>
    <message>
        <source> %</source>
        <translation> %</translation>
    </message>
    <message>
        <source>Targets met: {met} of {n}</source>
        <translation>完成目标：{met}/{n}</translation>
    </message>
    <message>
        <source>{year}, {column}: the rows add up to {added} {unit}, their unrounded sum is {whole} {unit}.</source>
        <translation>{year}年“{column}”：各行舍入后合计{added}{unit}，未舍入合计为{whole}{unit}。</translation>
    </message>
    <message>
        <source>Ticked: {n} areas, {area} {unit} out of use</source>
        <translation>已勾选{n}个地块，停灌{area}{unit}</translation>
    </message>
    <message>
        <source>recorded cost {cost}</source>
        <translation>登记成本{cost}</translation>
    </message>
    <message>
        <source>locked: {years}</source>
        <translation>已锁定：{years}</translation>
    </message>
    <message>
        <source>Solved: {status}, objective {objective}, bound {bound}, gap {gap} %</source>
        <translation>求解结果：{status}，目标值{objective}，界{bound}，间隙{gap}%</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Achieved</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>完成率</translation>
    </message>
    <message>
        <source>Land to be retired by the end of the year</source>
        <translation>截至年末应退减的面积</translation>
    </message>
    <message>
        <source>Land that this scenario retires up to the end of the year</source>
        <translation>本情景截至年末安排退减的面积</translation>
    </message>
    <message>
        <source>Land on record as retired, less what was restored, by the end of the year or today</source>
        <translation>截至年末或判定日在册的净退减面积（扣除复灌）</translation>
    </message>
    <message>
        <source>Target less achieved and planned</source>
        <translation>目标减去已完成和计划面积</translation>
    </message>
    <message>
        <source>Achieved (solid) and planned (hatched) as a share of the target. ✓ reached, ✗ not reached</source>
        <translation>已完成（实色）与计划（斜线）占目标的比例。✓已达到，✗未达到</translation>
    </message>
    <message>
        <source>County, or the city above it</source>
        <translation>县（区）或其上级市</translation>
    </message>
    <message>
        <source>What each unit has to retire, plans and has achieved, by year</source>
        <translation>各单元分年的目标、计划与已完成面积</translation>
    </message>
    <message>
        <source>&amp;Zoom</source>
        <translation>缩放(&amp;Z)</translation>
    </message>
    <message>
        <source>The map zooms to the subject of the current finding</source>
        <translation>地图缩放至当前结论的对象</translation>
    </message>
    <message>
        <source>Pa&amp;n</source>
        <translation>平移(&amp;N)</translation>
    </message>
    <message>
        <source>The map moves to it and keeps its scale</source>
        <translation>地图平移至该对象，比例尺不变</translation>
    </message>
    <message>
        <source>O&amp;ff</source>
        <translation>不联动(&amp;F)</translation>
    </message>
    <message>
        <source>The map stays where it is; the subject is highlighted</source>
        <translation>地图不移动，仅高亮显示对象</translation>
    </message>
    <message>
        <source>Flas&amp;h</source>
        <translation>闪烁(&amp;H)</translation>
    </message>
    <message>
        <source>The subject of the current finding flashes on the map</source>
        <translation>当前结论的对象在地图上闪烁</translation>
    </message>
    <message>
        <source>Only in map vie&amp;w</source>
        <translation>仅列地图范围内(&amp;W)</translation>
    </message>
    <message>
        <source>Lists only findings whose subject the map shows; the map then stays where it is</source>
        <translation>只列出对象位于地图范围内的结论，此时地图不随列表移动</translation>
    </message>
    <message>
        <source>Show Selected in &amp;List</source>
        <translation>在列表中显示所选(&amp;L)</translation>
    </message>
    <message>
        <source>Selects the findings on the features that are selected on the map</source>
        <translation>在列表中选中地图上所选要素的结论</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>&amp;Accept</source>
        <translation>采纳(&amp;A)</translation>
    </message>
    <message>
        <source>The finding holds (A)</source>
        <translation>结论成立（A）</translation>
    </message>
    <message>
        <source>&amp;Override…</source>
        <translation>改判(&amp;O)…</translation>
    </message>
    <message>
        <source>Another outcome holds, with a reason (O)</source>
        <translation>改为其他结论，须写明理由（O）</translation>
    </message>
    <message>
        <source>&amp;Defer…</source>
        <translation>暂缓(&amp;D)…</translation>
    </message>
    <message>
        <source>Decide on a later day, with a reason (D)</source>
        <translation>留待日后处理，须写明理由（D）</translation>
    </message>
    <message>
        <source>&amp;Verify</source>
        <translation>复核(&amp;V)</translation>
    </message>
    <message>
        <source>A second person confirms the decision</source>
        <translation>由第二人确认处理决定</translation>
    </message>
    <message>
        <source>&amp;Reopen…</source>
        <translation>重新打开(&amp;R)…</translation>
    </message>
    <message>
        <source>Take a decision back that stands, with a reason</source>
        <translation>撤回已作出的处理决定，须写明理由</translation>
    </message>
    <message>
        <source>&amp;Pair…</source>
        <translation>配对(&amp;P)…</translation>
    </message>
    <message>
        <source>Pair the wells of this renewal (P)</source>
        <translation>为该更新井选配核减机井（P）</translation>
    </message>
    <message>
        <source>Prev</source>
        <translation>上一条</translation>
    </message>
    <message>
        <source>The finding above (K)</source>
        <translation>上一条结论（K）</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一条</translation>
    </message>
    <message>
        <source>The finding below (J)</source>
        <translation>下一条结论（J）</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Takes the last decision back (Ctrl+Z)</source>
        <translation>撤销上一次处理决定（Ctrl+Z）</translation>
    </message>
    <message>
        <source>Makes it again (Ctrl+Y)</source>
        <translation>重新作出已撤销的处理决定（Ctrl+Y）</translation>
    </message>
    <message>
        <source>Stops the work; none of it is kept</source>
        <translation>停止办理，不保留任何结果</translation>
    </message>
    <message>
        <source>{n} of {m} selected</source>
        <translation>已选{n}条，共{m}条</translation>
    </message>
    <message>
        <source>Wait until the work under way has ended, or cancel it.</source>
        <translation>请等待正在进行的办理结束，或将其取消。</translation>
    </message>
    <message>
        <source>The case is being checked and backed up first. Decisions can be made in a moment.</source>
        <translation>正在检查并备份案卷，稍后即可办理。</translation>
    </message>
    <message>
        <source>The case file can only be read: it is write-protected or of a newer version.</source>
        <translation>案卷文件只能读取：文件受写保护或由更高版本建立。</translation>
    </message>
    <message>
        <source>Choose a finding in the list first.</source>
        <translation>请先在列表中选择结论。</translation>
    </message>
    <message>
        <source>Only applications and pairs can be paired.</source>
        <translation>仅取水申请和减二更一配对可办理配对。</translation>
    </message>
    <message>
        <source>Nothing was decided since the case was opened.</source>
        <translation>打开案卷后尚未作出处理决定。</translation>
    </message>
    <message>
        <source>Nothing was taken back.</source>
        <translation>没有已撤销的处理决定。</translation>
    </message>
    <message>
        <source>Preview of the decisions</source>
        <translation>预览处理决定</translation>
    </message>
    <message>
        <source>Decide on {n} findings</source>
        <translation>办理{n}条结论</translation>
    </message>
    <message>
        <source>Sign Decisions</source>
        <translation>处理人签名</translation>
    </message>
    <message>
        <source>What you record and decide is signed with this name; the account {login} of this computer is recorded beside it. This is no authentication: nobody checks who you are.</source>
        <translation>您的登记和处理决定以此姓名签署，同时记录本机账户{login}。此处不作身份认证，系统不核验您的身份。</translation>
    </message>
    <message>
        <source>Your &amp;name</source>
        <translation>姓名(&amp;N)</translation>
    </message>
    <message>
        <source>Stands in the history, on slips and in reports</source>
        <translation>载入办理记录、结论单和报告</translation>
    </message>
    <message>
        <source>Enter your name</source>
        <translation>请填写姓名</translation>
    </message>
    <message>
        <source>A telephone or identity number is no name</source>
        <translation>姓名不能是电话号码或身份证号</translation>
    </message>
    <message>
        <source>Findings: {n}</source>
        <translation>结论：{n}条</translation>
    </message>
    <message>
        <source>What the decision rests on. Kept for good in the history: no names or numbers of persons</source>
        <translation>写明决定依据。理由永久留存于办理记录，请勿填写个人姓名或证件、电话号码</translation>
    </message>
    <message>
        <source>&amp;Reason</source>
        <translation>理由(&amp;R)</translation>
    </message>
    <message>
        <source>The reason is longer than {most} characters</source>
        <translation>理由超过{most}个字</translation>
    </message>
    <message>
        <source>{n} characters</source>
        <translation>{n}个字</translation>
    </message>
    <message>
        <source>{n} of at least {least} characters</source>
        <translation>已写{n}个字，至少{least}个字</translation>
    </message>
    <message>
        <source>Override Findings</source>
        <translation>改判结论</translation>
    </message>
    <message>
        <source>New &amp;outcome</source>
        <translation>改判为(&amp;O)</translation>
    </message>
    <message>
        <source>The outcome that holds instead</source>
        <translation>应当认定的结论</translation>
    </message>
    <message>
        <source>&amp;Kind of reason</source>
        <translation>理由类别(&amp;K)</translation>
    </message>
    <message>
        <source>Why the outcome found does not hold</source>
        <translation>原结论不成立的原因类别</translation>
    </message>
    <message>
        <source>Number of a paper or name of a file that supports the decision; may stay empty</source>
        <translation>佐证材料的文号或文件名，可不填</translation>
    </message>
    <message>
        <source>&amp;Attachment</source>
        <translation>附件(&amp;A)</translation>
    </message>
    <message>
        <source>Choose the new outcome</source>
        <translation>请选择改判后的结论</translation>
    </message>
    <message>
        <source>Choose the kind of reason</source>
        <translation>请选择理由类别</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>请选择…</translation>
    </message>
    <message>
        <source>Defer Findings</source>
        <translation>暂缓处理</translation>
    </message>
    <message>
        <source>&amp;Due on</source>
        <translation>到期日(&amp;D)</translation>
    </message>
    <message>
        <source>The day on which the findings are looked at again</source>
        <translation>届时重新办理的日期</translation>
    </message>
    <message>
        <source>Reopen Findings</source>
        <translation>重新打开结论</translation>
    </message>
    <message>
        <source>Accept {n} findings?</source>
        <translation>采纳{n}条结论？</translation>
    </message>
    <message>
        <source>Override {n} findings?</source>
        <translation>改判{n}条结论？</translation>
    </message>
    <message>
        <source>Defer {n} findings?</source>
        <translation>暂缓{n}条结论？</translation>
    </message>
    <message>
        <source>Verify {n} findings?</source>
        <translation>复核通过{n}条结论？</translation>
    </message>
    <message>
        <source>Reopen {n} findings?</source>
        <translation>重新打开{n}条结论？</translation>
    </message>
    <message>
        <source>Decide on Many Findings</source>
        <translation>批量处理</translation>
    </message>
    <message>
        <source>The act applies to none of the chosen findings</source>
        <translation>所选结论均不适用此项处理</translation>
    </message>
    <message>
        <source>Resting on settings that nobody has verified: {n}.</source>
        <translation>其中{n}条所依参数未经核实。</translation>
    </message>
    <message>
        <source>Passed over, {n}: {why}</source>
        <translation>跳过{n}条：{why}</translation>
    </message>
    <message>
        <source>{who} is working on {n} of them, since {since}.</source>
        <translation>{who}正在办理其中{n}条（自{since}起）。</translation>
    </message>
    <message>
        <source>Reason: {reason}</source>
        <translation>理由：{reason}</translation>
    </message>
    <message>
        <source>All or none are written; one step to undo.</source>
        <translation>全部写入或全部不写；可一步撤销。</translation>
    </message>
    <message>
        <source>Not Saved</source>
        <translation>未保存</translation>
    </message>
    <message>
        <source>Nothing was written. What you entered is kept: try again, or cancel.</source>
        <translation>未写入任何内容，您填写的文字已保留：可重试或取消。</translation>
    </message>
    <message>
        <source>The case holds no findings yet. Run the overlay; what it finds is listed here.</source>
        <translation>案卷中尚无核查结论。请先运行叠加核查，所得结论将列于此处。</translation>
    </message>
    <message>
        <source>No finding of this filter lies in the map view. Move the map, or switch Only in map view off.</source>
        <translation>地图范围内没有符合筛选条件的结论。请移动地图，或取消“仅列地图范围内”。</translation>
    </message>
    <message>
        <source>No finding passes the filter. Clear it to see all findings.</source>
        <translation>没有符合筛选条件的结论。清除筛选可查看全部结论。</translation>
    </message>
    <message>
        <source>open {open} · reviewed {reviewed} · verified {verified} · stale {stale}</source>
        <translation>待处理{open} · 已处理{reviewed} · 已复核{verified} · 已过时{stale}</translation>
    </message>
    <message>
        <source>{n} findings decided.</source>
        <translation>已办理{n}条结论。</translation>
    </message>
    <message>
        <source>No finding in the list is about a feature selected on the map. Clear the filter, or select others.</source>
        <translation>列表中没有关于地图所选要素的结论。请清除筛选，或另选要素。</translation>
    </message>
    <message>
        <source>&amp;Copy Clause</source>
        <translation>复制条文(&amp;C)</translation>
    </message>
    <message>
        <source>Print &amp;Slip…</source>
        <translation>打印结论单(&amp;S)…</translation>
    </message>
    <message>
        <source>Opens the page about evidence and slips (F1)</source>
        <translation>打开“依据与结论单”帮助页（F1）</translation>
    </message>
    <message>
        <source>The clause is on the clipboard.</source>
        <translation>条文已复制到剪贴板。</translation>
    </message>
    <message>
        <source>finding-{id}</source>
        <translation>核查结论-{id}</translation>
    </message>
    <message>
        <source>Print Slip</source>
        <translation>打印结论单</translation>
    </message>
    <message>
        <source>The slip was written: {path}</source>
        <translation>结论单已写入：{path}</translation>
    </message>
    <message>
        <source>No case file is open. Open one, or run the overlay to make one.</source>
        <translation>尚未打开案卷文件。请打开案卷，或运行叠加核查生成案卷。</translation>
    </message>
    <message>
        <source>Choose a finding in the list: its clause, its evidence and its history are shown here.</source>
        <translation>请在清单中选择一条结论，此处显示其条文、依据和办理记录。</translation>
    </message>
    <message>
        <source>Choose a finding first</source>
        <translation>请先选择一条结论</translation>
    </message>
    <message>
        <source>This finding has no clause that could be quoted</source>
        <translation>该结论没有可引用的条文</translation>
    </message>
    <message>
        <source>Copies document, place and words of the clause</source>
        <translation>复制文件名称、条款位置和条文</translation>
    </message>
    <message>
        <source>Writes this finding as one page of A4, PDF or HTML</source>
        <translation>将该结论输出为一页A4（PDF或HTML）</translation>
    </message>
    <message>
        <source>What the chosen finding rests on, and what was decided</source>
        <translation>所选结论的依据和处理情况</translation>
    </message>
    <message>
        <source>Search…</source>
        <translation>搜索…</translation>
    </message>
    <message>
        <source>Part of the id or name of the subject, of the rule or the clause (F)</source>
        <translation>对象编号或名称、规则或条款的部分文字（F）</translation>
    </message>
    <message>
        <source>None</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>Puts findings with the same value under one header</source>
        <translation>将取值相同的结论归入同一标题下</translation>
    </message>
    <message>
        <source>Saved Filters</source>
        <translation>已存筛选</translation>
    </message>
    <message>
        <source>Filters kept under a name</source>
        <translation>以名称保存的筛选条件</translation>
    </message>
    <message>
        <source>Takes all filters away</source>
        <translation>清除全部筛选条件</translation>
    </message>
    <message>
        <source>&amp;Group by</source>
        <translation>分组(&amp;G)</translation>
    </message>
    <message>
        <source>Lists only findings with the chosen value: {column}</source>
        <translation>只列出取所选值的结论：{column}</translation>
    </message>
    <message>
        <source>Save This Filter…</source>
        <translation>保存当前筛选…</translation>
    </message>
    <message>
        <source>Save This Filter</source>
        <translation>保存当前筛选</translation>
    </message>
    <message>
        <source>Name of the filter</source>
        <translation>筛选名称</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放至对象</translation>
    </message>
    <message>
        <source>Flash</source>
        <translation>闪烁</translation>
    </message>
    <message>
        <source>Open Feature Form</source>
        <translation>打开要素表单</translation>
    </message>
    <message>
        <source>Select in Attribute Table</source>
        <translation>在属性表中选中</translation>
    </message>
    <message>
        <source>Copy Row</source>
        <translation>复制行</translation>
    </message>
    <message>
        <source>Copy Clause Text</source>
        <translation>复制条款原文</translation>
    </message>
    <message>
        <source>Show History</source>
        <translation>查看历史记录</translation>
    </message>
    <message>
        <source>Print Slip…</source>
        <translation>打印告知单…</translation>
    </message>
    <message>
        <source>No case is open. Open a case file, or set one up, to review what its runs found.</source>
        <translation>尚未打开案卷。请打开或新建案卷文件，以处理核查结论。</translation>
    </message>
    <message>
        <source>Reading the findings…</source>
        <translation>正在读取核查结论…</translation>
    </message>
    <message>
        <source>The case file could not be opened. Choose another one, or a backup.</source>
        <translation>案卷文件无法打开。请选择其他案卷或备份。</translation>
    </message>
    <message>
        <source>Read the findings</source>
        <translation>读取核查结论</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Yours, not written</source>
        <translation>您的修改（未写入）</translation>
    </message>
    <message>
        <source>As it stands now</source>
        <translation>现有内容</translation>
    </message>
    <message>
        <source>Changed by Somebody Else</source>
        <translation>已被他人修改</translation>
    </message>
    <message>
        <source>Mark the finding</source>
        <translation>标记正在处理的结论</translation>
    </message>
    <message>
        <source>Look for news in the case</source>
        <translation>检查案卷更新</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>分区</translation>
    </message>
    <message>
        <source>Being reviewed by</source>
        <translation>正在处理人</translation>
    </message>
    <message>
        <source>⚠ {state}, no longer found</source>
        <translation>⚠ {state}，已无此结论</translation>
    </message>
    <message>
        <source>⚠ {state}, stale</source>
        <translation>⚠ {state}，已过时</translation>
    </message>
    <message>
        <source>Stale</source>
        <translation>已过时</translation>
    </message>
    <message>
        <source>Open the case</source>
        <translation>打开案卷</translation>
    </message>
    <message>
        <source>S&amp;top</source>
        <translation>停止(&amp;T)</translation>
    </message>
    <message>
        <source>Stop what is going on; nothing is left behind</source>
        <translation>停止正在进行的工作，不留下任何半成品</translation>
    </message>
    <message>
        <source>Is being stopped…</source>
        <translation>正在停止…</translation>
    </message>
    <message>
        <source>What is found here does not change your layers. ✗ blocks; ⚠ will be judged “needs check”; ℹ is good to know. Finish writes the case file.</source>
        <translation>此处检查不改动原始图层。✗ 阻断，须先处理；⚠ 将判为“待核查”；ℹ 仅供知悉。点“完成”后写入案卷文件。</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>程度</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>行数</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>检查发现</translation>
    </message>
    <message>
        <source>A line per kind of finding; open it to see the first rows concerned</source>
        <translation>每类问题一行；展开可查看最先涉及的记录</translation>
    </message>
    <message>
        <source>&amp;Case file</source>
        <translation>案卷文件(&amp;C)</translation>
    </message>
    <message>
        <source>GeoPackage that will hold the register, findings, decisions and history</source>
        <translation>存放登记册、核查结论、处理决定和历史记录的GeoPackage文件</translation>
    </message>
    <message>
        <source>C&amp;hoose…</source>
        <translation>选择(&amp;H)…</translation>
    </message>
    <message>
        <source>Choose folder and name</source>
        <translation>选择文件夹和文件名</translation>
    </message>
    <message>
        <source>Check A&amp;gain</source>
        <translation>重新检查(&amp;G)</translation>
    </message>
    <message>
        <source>Repeat the check with the layers as they were read</source>
        <translation>按已读入的图层重新检查</translation>
    </message>
    <message>
        <source>Save &amp;Report…</source>
        <translation>保存报告(&amp;R)…</translation>
    </message>
    <message>
        <source>Check again first.</source>
        <translation>请先重新检查。</translation>
    </message>
    <message>
        <source>The check is not over yet.</source>
        <translation>检查尚未完成。</translation>
    </message>
    <message>
        <source>Something blocks (✗): mend it on the pages before, or leave the layer out.</source>
        <translation>存在阻断项（✗）：请返回前面各页处理，或不选该图层。</translation>
    </message>
    <message>
        <source>There is a file of this name already: choose another one.</source>
        <translation>已有同名文件，请另取文件名。</translation>
    </message>
    <message>
        <source>There is no such folder.</source>
        <translation>没有这个文件夹。</translation>
    </message>
    <message>
        <source>Is being checked…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Checking the data</source>
        <translation>检查数据</translation>
    </message>
    <message>
        <source>The report is saved: {name}</source>
        <translation>报告已保存：{name}</translation>
    </message>
    <message>
        <source>Saving the report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>{rows} rows checked · ✗ {blocks} block · ⚠ {warnings} need a check · ℹ {notes} to know</source>
        <translation>已检查{rows}行 · ✗ 阻断{blocks}项 · ⚠ 待核查{warnings}项 · ℹ 提示{notes}项</translation>
    </message>
    <message>
        <source>Blocks</source>
        <translation>阻断</translation>
    </message>
    <message>
        <source>Nothing was found.</source>
        <translation>未发现问题。</translation>
    </message>
    <message>
        <source>The check was stopped.</source>
        <translation>检查已停止。</translation>
    </message>
    <message>
        <source>case.gpkg</source>
        <translation>案卷.gpkg</translation>
    </message>
    <message>
        <source>Case File</source>
        <translation>案卷文件</translation>
    </message>
    <message>
        <source>check.csv</source>
        <translation>检查结果.csv</translation>
    </message>
    <message>
        <source>Save Report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>All findings as a table (CSV)</source>
        <translation>全部检查发现导出为表格（CSV）</translation>
    </message>
    <message>
        <source>Say which layer holds what. Only the wells are needed; what is missing never improves an outcome. Drop files here, or on a row. Your layers are read and never changed.</source>
        <translation>请指明各图层的内容。只有机井是必需的；缺少资料不会使结论变得有利。可将文件拖放到此处或某一行。原始图层只读取，不改动。</translation>
    </message>
    <message>
        <source>Into a ne&amp;w case file</source>
        <translation>写入新案卷文件(&amp;W)</translation>
    </message>
    <message>
        <source>You name the file on the last page</source>
        <translation>文件名在最后一页填写</translation>
    </message>
    <message>
        <source>Into the &amp;open case file</source>
        <translation>写入已打开的案卷文件(&amp;O)</translation>
    </message>
    <message>
        <source>No case file is open in this project</source>
        <translation>本项目没有打开的案卷文件</translation>
    </message>
    <message>
        <source>Add &amp;Files…</source>
        <translation>添加文件(&amp;F)…</translation>
    </message>
    <message>
        <source>Shapefiles, GeoPackages, GeoJSON, spreadsheets and text files to choose from</source>
        <translation>可供选择的Shapefile、GeoPackage、GeoJSON、电子表格和文本文件</translation>
    </message>
    <message>
        <source>Add Another &amp;Layer</source>
        <translation>增加图层(&amp;L)</translation>
    </message>
    <message>
        <source>A row for a further role: readings, permits, users, calendar …</source>
        <translation>为其他类别增加一行：计量读数、取水许可、用水户、工作日历等</translation>
    </message>
    <message>
        <source>Looking into {n} files</source>
        <translation>查看{n}个文件</translation>
    </message>
    <message>
        <source>Reading {layer}</source>
        <translation>读取{layer}</translation>
    </message>
    <message>
        <source>Choose the layer again whose reading was stopped, or none.</source>
        <translation>读取被停止的图层请重新选择，或不选。</translation>
    </message>
    <message>
        <source>The layers are still being read.</source>
        <translation>图层仍在读取。</translation>
    </message>
    <message>
        <source>A layer cannot be read: choose another one, or none.</source>
        <translation>有图层无法读取：请另选，或不选。</translation>
    </message>
    <message>
        <source>Choose the layer of the wells first.</source>
        <translation>请先选择机井图层。</translation>
    </message>
    <message>
        <source>Choose a layer first.</source>
        <translation>请先选择图层。</translation>
    </message>
    <message>
        <source>Vector files and tables (*.shp *.gpkg *.geojson *.json *.csv *.txt *.tsv *.xlsx *.xls *.ods)</source>
        <translation>矢量文件和表格 (*.shp *.gpkg *.geojson *.json *.csv *.txt *.tsv *.xlsx *.xls *.ods)</translation>
    </message>
    <message>
        <source>Add Files</source>
        <translation>添加文件</translation>
    </message>
    <message>
        <source>Layer, sheet or table for this role; files may be dropped here</source>
        <translation>该类别的图层、工作表或表格；可将文件拖放到此处</translation>
    </message>
    <message>
        <source>Append</source>
        <translation>追加</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>替换</translation>
    </message>
    <message>
        <source>Add to the rows that the case file has of this role, or put them in their place</source>
        <translation>追加到案卷文件中该类别的已有记录之后，或替换这些记录</translation>
    </message>
    <message>
        <source>Options…</source>
        <translation>选项…</translation>
    </message>
    <message>
        <source>Not chosen</source>
        <translation>未选择</translation>
    </message>
    <message>
        <source>Encoding, headings, coordinate system and repairs of this layer</source>
        <translation>该图层的编码、表头、坐标系和修正</translation>
    </message>
    <message>
        <source>Choose a layer first</source>
        <translation>请先选择图层</translation>
    </message>
    <message>
        <source>Say which column fills which field: drag a column onto a field, or choose it in the list. Green is certain; amber is only proposed and counts when you choose it.</source>
        <translation>请指明各列对应的字段：将列拖到字段上，或在列表中选择。绿色为确定；橙色仅为建议，经您选择后才生效。</translation>
    </message>
    <message>
        <source>&amp;Layer</source>
        <translation>图层(&amp;L)</translation>
    </message>
    <message>
        <source>The layer whose columns are shown; ✗ marks those that wait for an answer</source>
        <translation>当前显示的图层；✗ 表示尚有待确认的字段</translation>
    </message>
    <message>
        <source>&amp;Auto-Detect</source>
        <translation>自动识别(&amp;A)</translation>
    </message>
    <message>
        <source>Choose what is certain; proposals stay open</source>
        <translation>选定能够确定的列，建议项仍待确认</translation>
    </message>
    <message>
        <source>Take every choice of this layer back</source>
        <translation>撤回该图层的全部选择</translation>
    </message>
    <message>
        <source>&amp;Words…</source>
        <translation>词语(&amp;W)…</translation>
    </message>
    <message>
        <source>Say what words of the layer mean that are not understood</source>
        <translation>说明图层中无法识别的词语的含义</translation>
    </message>
    <message>
        <source>Import &amp;personal data too</source>
        <translation>同时导入个人信息(&amp;P)</translation>
    </message>
    <message>
        <source>Apply &amp;Mapping…</source>
        <translation>套用对应方案(&amp;M)…</translation>
    </message>
    <message>
        <source>Use the mapping of an earlier delivery</source>
        <translation>使用以往交付数据的字段对应方案</translation>
    </message>
    <message>
        <source>&amp;Export Mapping…</source>
        <translation>导出对应方案(&amp;E)…</translation>
    </message>
    <message>
        <source>Save these choices for next year&apos;s delivery</source>
        <translation>保存本次选择，供下年度交付数据使用</translation>
    </message>
    <message>
        <source>{layer}: choose a column, or No column, for {fields}.</source>
        <translation>{layer}：请为{fields}选择列，或选择“无对应列”。</translation>
    </message>
    <message>
        <source>Applying the mapping</source>
        <translation>套用对应方案</translation>
    </message>
    <message>
        <source>Saving the mapping</source>
        <translation>保存对应方案</translation>
    </message>
    <message>
        <source>They go into a table of their own: {names}</source>
        <translation>将单独存表：{names}</translation>
    </message>
    <message>
        <source>The layer has no columns with personal data</source>
        <translation>该图层没有个人信息列</translation>
    </message>
    <message>
        <source>Apply Mapping</source>
        <translation>套用对应方案</translation>
    </message>
    <message>
        <source>Export Mapping</source>
        <translation>导出对应方案</translation>
    </message>
    <message>
        <source>Choose the document that says what must happen. The check on the next page uses its names of places; the verdicts come when you run the overlay.</source>
        <translation>请选择作为依据的政策文件。下一页的检查只使用其中的地名；核查结论在运行叠加核查时得出。</translation>
    </message>
    <message>
        <source>From &amp;File…</source>
        <translation>从文件(&amp;F)…</translation>
    </message>
    <message>
        <source>A policy file of your own (*.toml); it may also be dropped on this page</source>
        <translation>自备的政策文件（*.toml）；也可拖放到本页</translation>
    </message>
    <message>
        <source>The government document that the case is judged by</source>
        <translation>核查所依据的政府文件</translation>
    </message>
    <message>
        <source>That of each layer</source>
        <translation>各图层自身坐标系</translation>
    </message>
    <message>
        <source>The case file keeps its layers in this system; empty: each in its own. Areas and lengths are ellipsoidal</source>
        <translation>案卷文件中图层所用的坐标系；留空则各用其自身坐标系。面积和长度均按椭球计算</translation>
    </message>
    <message>
        <source>&amp;Working CRS</source>
        <translation>工作坐标系(&amp;W)</translation>
    </message>
    <message>
        <source>mu (1/15 ha)</source>
        <translation>亩（1/15公顷）</translation>
    </message>
    <message>
        <source>Area &amp;unit</source>
        <translation>面积单位(&amp;U)</translation>
    </message>
    <message>
        <source>Unit in which areas are shown; they are stored exactly</source>
        <translation>显示面积所用的单位；存储值不作舍入</translation>
    </message>
    <message>
        <source>Choose &amp;Layer</source>
        <translation>选择图层(&amp;L)</translation>
    </message>
    <message>
        <source>Go to page 1 and choose the table of holidays and make-up working days</source>
        <translation>转到第1页，选择节假日和调休工作日表</translation>
    </message>
    <message>
        <source>Holiday calendar</source>
        <translation>工作日历</translation>
    </message>
    <message>
        <source>{name}, {n} days</source>
        <translation>{name}，{n}天</translation>
    </message>
    <message>
        <source>Not given: Saturdays and Sundays are days off, no others</source>
        <translation>未提供：仅周六、周日为休息日</translation>
    </message>
    <message>
        <source>Choose the policy first.</source>
        <translation>请先选择政策。</translation>
    </message>
    <message>
        <source>not stated in the document</source>
        <translation>文件未载明</translation>
    </message>
    <message>
        <source>Choose Policy File</source>
        <translation>选择政策文件</translation>
    </message>
    <message>
        <source>How the Layer Is Read</source>
        <translation>图层读取方式</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>自动识别</translation>
    </message>
    <message>
        <source>&amp;Encoding</source>
        <translation>编码(&amp;E)</translation>
    </message>
    <message>
        <source>Encoding of the texts, if those shown are garbled</source>
        <translation>文字编码；显示乱码时在此指定</translation>
    </message>
    <message>
        <source>Row of a sheet or text file in which the headings begin, counted from 1</source>
        <translation>工作表或文本文件中表头起始行号，从1起算</translation>
    </message>
    <message>
        <source>&amp;Row of the headings</source>
        <translation>表头行(&amp;R)</translation>
    </message>
    <message>
        <source>That of the layer</source>
        <translation>图层自身坐标系</translation>
    </message>
    <message>
        <source>Only where the layer says none or a wrong one; nothing is reprojected by it</source>
        <translation>仅在图层未注明或注明有误时填写；不会因此重新投影</translation>
    </message>
    <message>
        <source>&amp;Coordinate system</source>
        <translation>坐标系(&amp;C)</translation>
    </message>
    <message>
        <source>PROJ pipeline from Beijing 1954 or Xi&apos;an 1980 to CGCS2000, as your surveying office gives it</source>
        <translation>由1954北京坐标系或1980西安坐标系转换到CGCS2000的PROJ管线，由测绘部门提供</translation>
    </message>
    <message>
        <source>Coordinate &amp;operation</source>
        <translation>坐标转换(&amp;O)</translation>
    </message>
    <message>
        <source>Exchange x and y where they stand the wrong way round</source>
        <translation>x、y颠倒时对调</translation>
    </message>
    <message>
        <source>Shift back from the map coordinates GCJ-02</source>
        <translation>由GCJ-02坐标还原</translation>
    </message>
    <message>
        <source>Shift back from the map coordinates BD-09</source>
        <translation>由BD-09坐标还原</translation>
    </message>
    <message>
        <source>Only if you know that the positions are wrong in this way; each change is recorded</source>
        <translation>仅在确知位置存在此类偏差时勾选；每处改动均有记录</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Sample values</source>
        <translation>示例值</translation>
    </message>
    <message>
        <source>Columns of the layer; drag one onto the field that it fills</source>
        <translation>图层的列；拖到所对应的字段上</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>number</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>day</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>yes/no</source>
        <translation>是否</translation>
    </message>
    <message>
        <source>empty</source>
        <translation>空</translation>
    </message>
    <message>
        <source>The layer {name} is no longer in the project: choose it again.</source>
        <translation>图层{name}已不在项目中，请重新选择。</translation>
    </message>
    <message>
        <source>Needed: without wells nothing can be judged.</source>
        <translation>必需：没有机井便无从核查。</translation>
    </message>
    <message>
        <source>Reading was stopped. Choose the layer again.</source>
        <translation>读取已停止，请重新选择图层。</translation>
    </message>
    <message>
        <source>Is being read…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>1 row</source>
        <translation>1行</translation>
    </message>
    <message>
        <source>{n} rows</source>
        <translation>{n}行</translation>
    </message>
    <message>
        <source>Here: page 2, Words…</source>
        <translation>在本向导中：第2页“词语…”</translation>
    </message>
    <message>
        <source>Here: page 2, the list beside the field</source>
        <translation>在本向导中：第2页字段旁的列表</translation>
    </message>
    <message>
        <source>Here: page 2, the unit beside the field</source>
        <translation>在本向导中：第2页字段旁的单位</translation>
    </message>
    <message>
        <source>Here: page 2, Import personal data too</source>
        <translation>在本向导中：第2页“同时导入个人信息”</translation>
    </message>
    <message>
        <source>Here: page 2, x and y below the fields</source>
        <translation>在本向导中：第2页字段末尾的x、y</translation>
    </message>
    <message>
        <source>Here: page 1, Options…</source>
        <translation>在本向导中：第1页“选项…”</translation>
    </message>
    <message>
        <source>It holds no rows.</source>
        <translation>没有记录。</translation>
    </message>
    <message>
        <source>Its columns are not those of last time: look through page 2 again.</source>
        <translation>列与上次不同，请重新核对第2页。</translation>
    </message>
    <message>
        <source>{encoding} (confidence {confidence})</source>
        <translation>{encoding}（置信度{confidence}）</translation>
    </message>
    <message>
        <source>{crs} (you say so)</source>
        <translation>{crs}（由您指定）</translation>
    </message>
    <message>
        <source>no coordinate system: say which under Options…</source>
        <translation>没有坐标系：请在“选项…”中指定</translation>
    </message>
    <message>
        <source>no geometry: say on page 2 which columns hold the coordinates</source>
        <translation>没有几何：请在第2页指定坐标所在列</translation>
    </message>
    <message>
        <source>positions from columns, coordinate system not stated: say which under Options…</source>
        <translation>位置取自坐标列，未注明坐标系：请在“选项…”中指定</translation>
    </message>
    <message>
        <source>How sure</source>
        <translation>可靠程度</translation>
    </message>
    <message>
        <source>Fields of the register; * marks those that are needed</source>
        <translation>登记册字段；*为必需字段</translation>
    </message>
    <message>
        <source>No column</source>
        <translation>无对应列</translation>
    </message>
    <message>
        <source>By its name</source>
        <translation>按列名识别</translation>
    </message>
    <message>
        <source>x or longitude</source>
        <translation>x或经度</translation>
    </message>
    <message>
        <source>y or latitude</source>
        <translation>y或纬度</translation>
    </message>
    <message>
        <source>Column that fills {field}</source>
        <translation>对应{field}的列</translation>
    </message>
    <message>
        <source>Not stated</source>
        <translation>未注明</translation>
    </message>
    <message>
        <source>Unit of the figures in the column</source>
        <translation>该列数值的单位</translation>
    </message>
    <message>
        <source>How sure the choice is; a proposal is never taken by itself</source>
        <translation>所选列的可靠程度；建议项不会自动采用</translation>
    </message>
    <message>
        <source>⚠ Unit not stated: taken for {unit}</source>
        <translation>⚠ 未注明单位：按{unit}处理</translation>
    </message>
    <message>
        <source>○ No column</source>
        <translation>○ 无对应列</translation>
    </message>
    <message>
        <source>✗ Needed: choose a column</source>
        <translation>✗ 必需：请选择列</translation>
    </message>
    <message>
        <source>⚠ No column: needs check in every row</source>
        <translation>⚠ 无对应列：每行均待核查</translation>
    </message>
    <message>
        <source>◐ {n} candidates, none chosen: {names}</source>
        <translation>◐ {n}个候选，均未选：{names}</translation>
    </message>
    <message>
        <source>◐ Beginning alike, confirm: {name}</source>
        <translation>◐ 开头相同，请确认：{name}</translation>
    </message>
    <message>
        <source>◐ As last time, confirm: {name}</source>
        <translation>◐ 与上次相同，请确认：{name}</translation>
    </message>
    <message>
        <source>◐ Alike, confirm: {name}</source>
        <translation>◐ 名称相近，请确认：{name}</translation>
    </message>
    <message>
        <source>Setup</source>
        <translation>建案向导</translation>
    </message>
    <message>
        <source>1 Data</source>
        <translation>1 数据</translation>
    </message>
    <message>
        <source>2 Fields</source>
        <translation>2 字段</translation>
    </message>
    <message>
        <source>3 Policy</source>
        <translation>3 政策</translation>
    </message>
    <message>
        <source>4 Check</source>
        <translation>4 检查</translation>
    </message>
    <message>
        <source>‹ &amp;Back</source>
        <translation>‹ 上一步(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Next ›</source>
        <translation>下一步(&amp;N) ›</translation>
    </message>
    <message>
        <source>F&amp;inish</source>
        <translation>完成(&amp;I)</translation>
    </message>
    <message>
        <source>To the page before; nothing chosen is lost</source>
        <translation>返回上一页，已作选择不会丢失</translation>
    </message>
    <message>
        <source>Stopped. Nothing was written.</source>
        <translation>已停止，未写入任何内容。</translation>
    </message>
    <message>
        <source>Writing the case file</source>
        <translation>写入案卷文件</translation>
    </message>
    <message>
        <source>The case file {name} is ready: next, run the overlay.</source>
        <translation>案卷文件{name}已就绪：下一步请运行叠加核查。</translation>
    </message>
    <message>
        <source>Wait for the work below, or stop it.</source>
        <translation>请等待下方工作完成，或停止它。</translation>
    </message>
    <message>
        <source>Write the case file and open it</source>
        <translation>写入案卷文件并打开</translation>
    </message>
    <message>
        <source>To the next page</source>
        <translation>转到下一页</translation>
    </message>
    <message>
        <source>Words That Are Not Understood</source>
        <translation>无法识别的词语</translation>
    </message>
    <message>
        <source>Word</source>
        <translation>词语</translation>
    </message>
    <message>
        <source>Means</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>Words of the layer and the value of the register that each means</source>
        <translation>图层中的词语及其对应的登记册取值</translation>
    </message>
    <message>
        <source>Choose what each word means. A word that stays open leaves its cells empty: they will need a check.</source>
        <translation>请选择各词语的含义。未选的词语将使相应单元格为空，列为待核查。</translation>
    </message>
    <message>
        <source>All words of the columns chosen are understood. There is nothing to do here.</source>
        <translation>所选各列的词语均可识别，无需处理。</translation>
    </message>
    <message>
        <source>(empty cells)</source>
        <translation>（空单元格）</translation>
    </message>
    <message>
        <source>Needs check</source>
        <translation>待核查</translation>
    </message>
    <message>
        <source>The value that is stored for this word</source>
        <translation>该词语存入登记册的取值</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>The case file lies on a network drive: {path}. Everything is written at once and without a side file, but not every server keeps the locks that several writers need. Let one person write at a time, or keep the file on a local disk.</source>
        <translation>案卷文件位于网络驱动器：{path}。写入均一次完成，不留附属文件，但并非所有服务器都能可靠支持多人写入所需的文件锁。请每次仅由一人写入，或将文件存放在本地磁盘。</translation>
    </message>
    <message>
        <source>The algorithm stopped without saying why.</source>
        <translation>算法中止，未说明原因。</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>open {waiting} · decided {decided}</source>
        <translation>待处理{waiting} · 已处理{decided}</translation>
    </message>
    <message>
        <source>Findings that wait for a decision, and decisions made, in the open case file</source>
        <translation>当前案卷文件中待处理的核查结论数和已作出的处理决定数</translation>
    </message>
    <message>
        <source>Count the findings</source>
        <translation>统计核查结论</translation>
    </message>
    <message>
        <source>⚠ {n} acts recorded since; run the overlay again to count them</source>
        <translation>⚠ 此后又登记了{n}项，重新运行叠加核查后方可计入</translation>
    </message>
    <message>
        <source>Tick a well to take it for the renewal</source>
        <translation>勾选机井，作为该更新井的核减井</translation>
    </message>
    <message>
        <source>County, township and village on record</source>
        <translation>登记的县（区）、乡镇和村</translation>
    </message>
    <message>
        <source>Distance from the renewal</source>
        <translation>与更新井的距离</translation>
    </message>
    <message>
        <source>Permitted volume that is given up with the well</source>
        <translation>该井封填后核减的许可水量</translation>
    </message>
    <message>
        <source>State of the credit of a sealed well, else the status of the well</source>
        <translation>已封填井的指标状态；其他为机井状态</translation>
    </message>
    <message>
        <source>The least is the best</source>
        <translation>分值最小者最优</translation>
    </message>
    <message>
        <source>Empty where the well can be taken</source>
        <translation>可选用的机井此栏为空</translation>
    </message>
    <message>
        <source>Wait a moment: what you saved is being recorded.</source>
        <translation>请稍候，正在登记刚才保存的内容。</translation>
    </message>
    <message>
        <source>kilometres × {weight}</source>
        <translation>公里数 × {weight}</translation>
    </message>
    <message>
        <source>permitted 万m³ × {weight}</source>
        <translation>许可水量（万m³）× {weight}</translation>
    </message>
    <message>
        <source>{weight} for a well still to be sealed</source>
        <translation>待封填井加{weight}</translation>
    </message>
    <message>
        <source>Score: {parts}; the least is the best</source>
        <translation>评分：{parts}；分值最小者最优</translation>
    </message>
    <message>
        <source>Reading the case</source>
        <translation>读取案卷</translation>
    </message>
    <message>
        <source>{name} exists already. Overwrite it?</source>
        <translation>{name}已存在。是否覆盖？</translation>
    </message>
    <message>
        <source>Looking for free credits…</source>
        <translation>正在查找可用额度…</translation>
    </message>
    <message>
        <source>Nothing was there: click nearer to it, or type</source>
        <translation>该处没有要素：请靠近要素点击，或直接输入</translation>
    </message>
    <message>
        <source>The ledger is being asked…</source>
        <translation>正在查询台账…</translation>
    </message>
    <message>
        <source>Stopped. Nothing was changed.</source>
        <translation>已停止，未作任何改动。</translation>
    </message>
    <message>
        <source>Cancel Coun&amp;t</source>
        <translation>取消计算(&amp;T)</translation>
    </message>
    <message>
        <source>Name the case file first, with its folder.</source>
        <translation>请先填写案卷文件名及其所在文件夹。</translation>
    </message>
    <message>
        <source>This name cannot be used: {detail}</source>
        <translation>该名称无法使用：{detail}</translation>
    </message>
    <message>
        <source>Page 3 shows the policy {name}.</source>
        <translation>政策{name}已选，见第3页。</translation>
    </message>
    <message>
        <source>Waiting for the case file…</source>
        <translation>案卷文件被占用，等待中…</translation>
    </message>
    <message>
        <source>Not filtered by {columns}: no finding has the value that was asked for.</source>
        <translation>未按“{columns}”筛选：没有结论取所要求的值。</translation>
    </message>
    <message>
        <source>{n} findings changed.</source>
        <translation>已变更{n}条结论。</translation>
    </message>
    <message>
        <source>Another program is writing the case file. The finding is shown in a moment.</source>
        <translation>其他程序正在写入案卷文件，稍后自动显示该结论。</translation>
    </message>
    <message>
        <source>Choose first what the water is for: the clauses ask for it.</source>
        <translation>请先选择用途：条款按用途判定。</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Kind of letter (needed)</source>
        <translation>文书种类（必需）</translation>
    </message>
    <message>
        <source>Wells (ids, separated by semicolons)</source>
        <translation>机井（编号，以分号分隔）</translation>
    </message>
    <message>
        <source>Applications (ids, separated by semicolons)</source>
        <translation>取水申请（编号，以分号分隔）</translation>
    </message>
    <message>
        <source>Unit that signs (needed)</source>
        <translation>落款单位（必需）</translation>
    </message>
    <message>
        <source>To whom (empty: who is to be consulted)</source>
        <translation>主送单位（空：会商单位）</translation>
    </message>
    <message>
        <source>Telephone</source>
        <translation>联系电话</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>联系地址</translation>
    </message>
    <message>
        <source>Day of the letter (empty: today)</source>
        <translation>落款日期（空：今天）</translation>
    </message>
    <message>
        <source>By when (empty: room to write it)</source>
        <translation>期限（空：留出填写处）</translation>
    </message>
    <message>
        <source>Further documents that it rests on, a line each</source>
        <translation>其他依据文件，每行一个</translation>
    </message>
    <message>
        <source>Template (empty: that of the profile, else ours)</source>
        <translation>模板（空：配置文件夹中的，没有则用自带的）</translation>
    </message>
    <message>
        <source>Formats (empty: docx and pdf)</source>
        <translation>格式（空：docx和pdf）</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Template: {path}</source>
        <translation>模板：{path}</translation>
    </message>
    <message>
        <source>KIND is needed: {kinds}.</source>
        <translation>KIND必填：{kinds}。</translation>
    </message>
    <message>
        <source>What the notice is about (empty: the findings on wells of the place)</source>
        <translation>公示事由（空：所选地区机井核查结论及处理意见）</translation>
    </message>
    <message>
        <source>County (id)</source>
        <translation>县级编号</translation>
    </message>
    <message>
        <source>Zone (id)</source>
        <translation>分区编号</translation>
    </message>
    <message>
        <source>Authority, as the wells name it</source>
        <translation>审批机关（按机井所载）</translation>
    </message>
    <message>
        <source>Wells (ids, separated by semicolons; empty: all)</source>
        <translation>机井（编号，以分号分隔；空：全部）</translation>
    </message>
    <message>
        <source>States of decisions (empty: accepted, overridden, verified)</source>
        <translation>处理状态（空：已采纳、已改判、已复核）</translation>
    </message>
    <message>
        <source>Unit that publishes and takes objections (needed)</source>
        <translation>公示并受理异议的单位（必需）</translation>
    </message>
    <message>
        <source>Telephone for objections</source>
        <translation>异议联系电话</translation>
    </message>
    <message>
        <source>Address for objections</source>
        <translation>异议联系地址</translation>
    </message>
    <message>
        <source>Mailbox for objections</source>
        <translation>异议电子邮箱</translation>
    </message>
    <message>
        <source>First day of the notice (empty: today)</source>
        <translation>公示首日（空：今天）</translation>
    </message>
    <message>
        <source>Last day of the notice (empty: after the working days)</source>
        <translation>公示末日（空：按工作日数推算）</translation>
    </message>
    <message>
        <source>Working days</source>
        <translation>工作日数</translation>
    </message>
    <message>
        <source>Day of the notice (empty: its first day)</source>
        <translation>落款日期（空：公示首日）</translation>
    </message>
    <message>
        <source>Wells (ids, separated by semicolons; empty: all with a finding)</source>
        <translation>机井（编号，以分号分隔；空：有结论的全部机井）</translation>
    </message>
    <message>
        <source>A file for each well</source>
        <translation>每井一个文件</translation>
    </message>
    <message>
        <source>One file with all wells</source>
        <translation>全部机井合为一个文件</translation>
    </message>
    <message>
        <source>Formats (empty: pdf)</source>
        <translation>格式（空：pdf）</translation>
    </message>
    <message>
        <source>Tick EACH, TOGETHER or both: otherwise no file is made.</source>
        <translation>请勾选EACH或TOGETHER（或两者），否则不生成文件。</translation>
    </message>
    <message>
        <source>First day of the period</source>
        <translation>时段首日</translation>
    </message>
    <message>
        <source>Last day of the period</source>
        <translation>时段末日</translation>
    </message>
    <message>
        <source>Decimals of coordinates for the public</source>
        <translation>公开坐标小数位数</translation>
    </message>
    <message>
        <source>Who may see it (empty: internal)</source>
        <translation>使用范围（空：internal）</translation>
    </message>
    <message>
        <source>Who exports (needed for personal data in full)</source>
        <translation>输出人（输出完整个人信息时必需）</translation>
    </message>
    <message>
        <source>Decisions reopened by objections: {n}</source>
        <translation>因异议重新打开的处理决定：{n}条</translation>
    </message>
    <message>
        <source>{name} cannot be written: {reason}. Close it in other programs, or choose another folder.</source>
        <translation>无法写入{name}：{reason}。请在其他程序中关闭该文件，或另选文件夹。</translation>
    </message>
    <message>
        <source>Load the Python packages</source>
        <translation>加载 Python 软件包</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>输出报表…</translation>
    </message>
    <message>
        <source>Dots per inch (empty: 300)</source>
        <translation>分辨率（每英寸点数，空表示300）</translation>
    </message>
    <message>
        <source>Maps (empty: all)</source>
        <translation>图件（空表示全部）</translation>
    </message>
    <message>
        <source>Who may see them (empty: internal)</source>
        <translation>使用范围（空表示内部）</translation>
    </message>
    <message>
        <source>Paper (empty: A4)</source>
        <translation>图幅（空表示A4）</translation>
    </message>
    <message>
        <source>Orientation (empty: landscape)</source>
        <translation>方向（空表示横向）</translation>
    </message>
    <message>
        <source>Format (empty: PDF)</source>
        <translation>格式（空表示PDF）</translation>
    </message>
    <message>
        <source>Unit that prints the maps</source>
        <translation>编制单位</translation>
    </message>
    <message>
        <source>Logo of that unit</source>
        <translation>编制单位徽标</translation>
    </message>
    <message>
        <source>Case file of an earlier run, for the map of changes</source>
        <translation>此前核查的案卷文件（变化图用）</translation>
    </message>
    <message>
        <source>Letters in PDF (empty: outlines)</source>
        <translation>PDF文字（空表示转为轮廓）</translation>
    </message>
    <message>
        <source>Folder for the maps</source>
        <translation>存放图件的文件夹</translation>
    </message>
    <message>
        <source>{pages} pages in {files} files, checked against the case: {folder}</source>
        <translation>共{pages}页、{files}个文件，已与案卷核对：{folder}</translation>
    </message>
    <message>
        <source>Tables (empty: all)</source>
        <translation>报表（空：全部）</translation>
    </message>
    <message>
        <source>Formats (empty: xlsx)</source>
        <translation>格式（空：xlsx）</translation>
    </message>
    <message>
        <source>Export Papers</source>
        <translation>输出报表</translation>
    </message>
    <message>
        <source>Which papers are made</source>
        <translation>输出哪类材料</translation>
    </message>
    <message>
        <source>Tables</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>&amp;Papers</source>
        <translation>材料(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>输出(&amp;E)</translation>
    </message>
    <message>
        <source>St&amp;op</source>
        <translation>停止(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Show Files</source>
        <translation>打开文件夹(&amp;S)</translation>
    </message>
    <message>
        <source>Make the files in the background</source>
        <translation>在后台生成文件</translation>
    </message>
    <message>
        <source>Stop; files that stood there stay as they were</source>
        <translation>停止；原有文件保持不变</translation>
    </message>
    <message>
        <source>Open the folder with the files</source>
        <translation>打开输出文件夹</translation>
    </message>
    <message>
        <source>First page</source>
        <translation>首页</translation>
    </message>
    <message>
        <source>Pre&amp;view</source>
        <translation>预览(&amp;V)</translation>
    </message>
    <message>
        <source>Make the first page of what is chosen</source>
        <translation>生成所选内容的首页</translation>
    </message>
    <message>
        <source>The first page as it will be made</source>
        <translation>首页预览</translation>
    </message>
    <message>
        <source>Read the case</source>
        <translation>读取案卷文件</translation>
    </message>
    <message>
        <source>Files are being made.</source>
        <translation>正在生成文件。</translation>
    </message>
    <message>
        <source>Choose a folder for the files.</source>
        <translation>请选择输出文件夹。</translation>
    </message>
    <message>
        <source>The first page is being made…</source>
        <translation>正在生成首页…</translation>
    </message>
    <message>
        <source>Export: {papers}</source>
        <translation>输出：{papers}</translation>
    </message>
    <message>
        <source>Stopped. Files that stood there are as they were.</source>
        <translation>已停止，原有文件保持不变。</translation>
    </message>
    <message>
        <source>Personal data in full. Your name goes into the history of the case:</source>
        <translation>将输出完整个人信息。您的姓名将记入案卷历史：</translation>
    </message>
    <message>
        <source>&amp;County</source>
        <translation>县（区）(&amp;C)</translation>
    </message>
    <message>
        <source>Only wells, units and land of this county</source>
        <translation>只列该县（区）的机井、单元和土地</translation>
    </message>
    <message>
        <source>&amp;Zone</source>
        <translation>分区(&amp;Z)</translation>
    </message>
    <message>
        <source>Only wells that lie in this zone</source>
        <translation>只列位于该分区的机井</translation>
    </message>
    <message>
        <source>&amp;Authority</source>
        <translation>审批机关(&amp;A)</translation>
    </message>
    <message>
        <source>Only wells of this authority</source>
        <translation>只列该机关审批的机井</translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation>起(&amp;F)</translation>
    </message>
    <message>
        <source>Only what happened from this day on</source>
        <translation>只列该日（含）以后的事项</translation>
    </message>
    <message>
        <source>&amp;To</source>
        <translation>止(&amp;T)</translation>
    </message>
    <message>
        <source>Only what happened up to this day</source>
        <translation>只列该日（含）以前的事项</translation>
    </message>
    <message>
        <source>For &amp;whom</source>
        <translation>使用对象(&amp;W)</translation>
    </message>
    <message>
        <source>Who may see the files: it decides on personal data</source>
        <translation>文件供谁使用，决定个人信息如何处理</translation>
    </message>
    <message>
        <source>Internal: personal data masked</source>
        <translation>内部：个人信息脱敏</translation>
    </message>
    <message>
        <source>Public: no personal data</source>
        <translation>公开：不含个人信息</translation>
    </message>
    <message>
        <source>Full: all personal data, put on record</source>
        <translation>完整：含个人信息，记录在案</translation>
    </message>
    <message>
        <source>Files of the same name are replaced once all new ones are complete</source>
        <translation>全部新文件写完后才替换同名文件</translation>
    </message>
    <message>
        <source>Fol&amp;der</source>
        <translation>文件夹(&amp;D)</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>on</source>
        <translation>限定</translation>
    </message>
    <message>
        <source>Ticked tables are exported; the chosen one is shown in the preview</source>
        <translation>勾选的表予以输出；选中的一行用于预览</translation>
    </message>
    <message>
        <source>A&amp;ll</source>
        <translation>全选(&amp;L)</translation>
    </message>
    <message>
        <source>Tick every table</source>
        <translation>勾选全部报表</translation>
    </message>
    <message>
        <source>&amp;None</source>
        <translation>全不选(&amp;N)</translation>
    </message>
    <message>
        <source>Tick no table</source>
        <translation>取消全部勾选</translation>
    </message>
    <message>
        <source>One Excel workbook, a sheet for each table</source>
        <translation>一个Excel工作簿，每表一页</translation>
    </message>
    <message>
        <source>A text file for each table</source>
        <translation>每表一个文本文件</translation>
    </message>
    <message>
        <source>One page for the browser</source>
        <translation>一个网页</translation>
    </message>
    <message>
        <source>Tick at least one table.</source>
        <translation>请至少勾选一张表。</translation>
    </message>
    <message>
        <source>Tick at least one format.</source>
        <translation>请至少勾选一种格式。</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>Public notice</source>
        <translation>公示</translation>
    </message>
    <message>
        <source>Slips of wells</source>
        <translation>机井核查结论单</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>公文函件</translation>
    </message>
    <message>
        <source>Full size</source>
        <translation>原大</translation>
    </message>
    <message>
        <source>Show the picture of a page in full size, else as wide as there is room</source>
        <translation>按原大显示页面图片；不选则按窗口宽度显示</translation>
    </message>
    <message>
        <source>Fill in the ids of what is selected on the map</source>
        <translation>填入地图上已选要素的编号</translation>
    </message>
    <message>
        <source>Which letter is written</source>
        <translation>写哪一种函件</translation>
    </message>
    <message>
        <source>Wells that it is about: ids, separated by semicolons</source>
        <translation>所涉机井的编号，用分号分隔</translation>
    </message>
    <message>
        <source>We&amp;lls</source>
        <translation>机井(&amp;L)</translation>
    </message>
    <message>
        <source>Applications that it is about: ids, separated by semicolons</source>
        <translation>所涉取水申请的编号，用分号分隔</translation>
    </message>
    <message>
        <source>Applicatio&amp;ns</source>
        <translation>取水申请(&amp;N)</translation>
    </message>
    <message>
        <source>Un&amp;it</source>
        <translation>单位(&amp;I)</translation>
    </message>
    <message>
        <source>Who signs it</source>
        <translation>由谁落款</translation>
    </message>
    <message>
        <source>Addressed to</source>
        <translation>主送</translation>
    </message>
    <message>
        <source>To whom it is</source>
        <translation>发给哪个单位</translation>
    </message>
    <message>
        <source>who is to be consulted</source>
        <translation>应征求意见的单位</translation>
    </message>
    <message>
        <source>Num&amp;ber</source>
        <translation>文号(&amp;B)</translation>
    </message>
    <message>
        <source>Number of the letter</source>
        <translation>函件的文号</translation>
    </message>
    <message>
        <source>room to write it</source>
        <translation>留空待填</translation>
    </message>
    <message>
        <source>P&amp;hone</source>
        <translation>电话(&amp;H)</translation>
    </message>
    <message>
        <source>For questions</source>
        <translation>供咨询用</translation>
    </message>
    <message>
        <source>Add&amp;ress</source>
        <translation>地址(&amp;R)</translation>
    </message>
    <message>
        <source>For answers</source>
        <translation>供回复用</translation>
    </message>
    <message>
        <source>Signed on</source>
        <translation>落款日期</translation>
    </message>
    <message>
        <source>Open: today</source>
        <translation>不填：今天</translation>
    </message>
    <message>
        <source>B&amp;y when</source>
        <translation>期限(&amp;Y)</translation>
    </message>
    <message>
        <source>Open: room to write it</source>
        <translation>不填：留空待填</translation>
    </message>
    <message>
        <source>Further grounds</source>
        <translation>其他依据</translation>
    </message>
    <message>
        <source>Documents that it rests on beside that of the case, a line each</source>
        <translation>除本案文件外所依据的文件，每行一份</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>A document with {{names}} to be filled in; empty: that of your profile, else ours</source>
        <translation>带有 {{names}} 这类占位符的文档；不填则用您配置目录中的模板，没有则用自带模板</translation>
    </message>
    <message>
        <source>To be edited in Word or WPS</source>
        <translation>可在 Word 或 WPS 中编辑</translation>
    </message>
    <message>
        <source>To be printed</source>
        <translation>用于打印</translation>
    </message>
    <message>
        <source>For&amp;mats</source>
        <translation>格式(&amp;M)</translation>
    </message>
    <message>
        <source>Say which applications the sheets are for.</source>
        <translation>请填写审批单所涉的取水申请。</translation>
    </message>
    <message>
        <source>Say which wells or applications the letter is about.</source>
        <translation>请填写函件所涉的机井或取水申请。</translation>
    </message>
    <message>
        <source>Say which wells are to be closed.</source>
        <translation>请填写要封闭的机井。</translation>
    </message>
    <message>
        <source>Say which unit signs.</source>
        <translation>请填写落款单位。</translation>
    </message>
    <message>
        <source>Zones</source>
        <translation>超采区分区图</translation>
    </message>
    <message>
        <source>Atlas of counties</source>
        <translation>县（区）图册</translation>
    </message>
    <message>
        <source>Atlas of townships</source>
        <translation>乡镇图册</translation>
    </message>
    <message>
        <source>Verdicts on wells</source>
        <translation>机井核查结论图</translation>
    </message>
    <message>
        <source>Pairs of renewed and sealed wells</source>
        <translation>减二更一对应图</translation>
    </message>
    <message>
        <source>Retired land by year</source>
        <translation>分年度退减灌溉面积图</translation>
    </message>
    <message>
        <source>Changes between two runs</source>
        <translation>两次核查变化图</translation>
    </message>
    <message>
        <source>Ticked maps are printed; the chosen one is shown in the preview</source>
        <translation>勾选的地图将输出；当前选中的一幅用于预览</translation>
    </message>
    <message>
        <source>Tick every map</source>
        <translation>勾选全部地图</translation>
    </message>
    <message>
        <source>Tick no map</source>
        <translation>全不勾选</translation>
    </message>
    <message>
        <source>Pape&amp;r</source>
        <translation>纸张(&amp;R)</translation>
    </message>
    <message>
        <source>Size of the sheets</source>
        <translation>图纸大小</translation>
    </message>
    <message>
        <source>Landscape</source>
        <translation>横向</translation>
    </message>
    <message>
        <source>Portrait</source>
        <translation>纵向</translation>
    </message>
    <message>
        <source>Or&amp;ientation</source>
        <translation>方向(&amp;I)</translation>
    </message>
    <message>
        <source>How the sheets lie</source>
        <translation>图纸的方向</translation>
    </message>
    <message>
        <source>For printing: one file for each unit of an atlas and one for all; letters are outlines</source>
        <translation>用于打印：图册每个单元一个文件，另有合订本；文字转为轮廓</translation>
    </message>
    <message>
        <source>Pictures, one for each page</source>
        <translation>图片，每页一张</translation>
    </message>
    <message>
        <source>Drawings, one for each page</source>
        <translation>矢量图，每页一张</translation>
    </message>
    <message>
        <source>Dots per inch of pictures, and of what a PDF holds as picture</source>
        <translation>图片及 PDF 中位图的每英寸点数</translation>
    </message>
    <message>
        <source>&amp;Quality (dpi)</source>
        <translation>分辨率（dpi）(&amp;Q)</translation>
    </message>
    <message>
        <source>Printed &amp;by</source>
        <translation>编制单位(&amp;B)</translation>
    </message>
    <message>
        <source>Unit that prints the maps; it stands on each</source>
        <translation>编制地图的单位，印在每幅图上</translation>
    </message>
    <message>
        <source>Lo&amp;go</source>
        <translation>徽标(&amp;G)</translation>
    </message>
    <message>
        <source>Sign of that unit, printed on each map</source>
        <translation>该单位的标志，印在每幅图上</translation>
    </message>
    <message>
        <source>C&amp;hanges since</source>
        <translation>对比案卷(&amp;H)</translation>
    </message>
    <message>
        <source>Case file of an earlier run, for the map of changes between two runs</source>
        <translation>较早一次核查的案卷文件，用于绘制变化图</translation>
    </message>
    <message>
        <source>Case files</source>
        <translation>案卷文件</translation>
    </message>
    <message>
        <source>Tick at least one map.</source>
        <translation>请至少勾选一幅地图。</translation>
    </message>
    <message>
        <source>Choose the case file of an earlier run, or untick the map of changes.</source>
        <translation>请选择较早一次核查的案卷文件，或取消勾选变化图。</translation>
    </message>
    <message>
        <source>A&amp;bout</source>
        <translation>事项(&amp;B)</translation>
    </message>
    <message>
        <source>What the title says that it is about</source>
        <translation>标题中“关于”之后的事项</translation>
    </message>
    <message>
        <source>the findings on wells of the place</source>
        <translation>当地机井核查结论及处理意见</translation>
    </message>
    <message>
        <source>Who publishes it and takes objections</source>
        <translation>由谁公示并受理异议</translation>
    </message>
    <message>
        <source>Where objections are taken: one of the three is needed</source>
        <translation>受理异议的方式：三项至少填一项</translation>
    </message>
    <message>
        <source>Mailbo&amp;x</source>
        <translation>邮箱(&amp;X)</translation>
    </message>
    <message>
        <source>First da&amp;y</source>
        <translation>起始日(&amp;Y)</translation>
    </message>
    <message>
        <source>How long it stands, by the calendar of the case; the first day counts</source>
        <translation>公示多少个工作日，按案卷中的工作日历计算，首日计入</translation>
    </message>
    <message>
        <source>Wor&amp;king days</source>
        <translation>工作日数(&amp;K)</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>截止日</translation>
    </message>
    <message>
        <source>Open: after the working days</source>
        <translation>不填：按工作日数推算</translation>
    </message>
    <message>
        <source>Open: the first day of the notice</source>
        <translation>不填：公示首日</translation>
    </message>
    <message>
        <source>Findings in this state are published</source>
        <translation>公示处于该状态的结论</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>处理决定</translation>
    </message>
    <message>
        <source>Only these wells: ids, separated by semicolons</source>
        <translation>只含这些机井：填编号，用分号分隔</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Annex map</source>
        <translation>附图</translation>
    </message>
    <message>
        <source>Say which unit publishes the notice.</source>
        <translation>请填写公示单位。</translation>
    </message>
    <message>
        <source>Say where objections are taken: phone, address or mailbox.</source>
        <translation>请填写受理异议的电话、地址或邮箱。</translation>
    </message>
    <message>
        <source>Tick at least one kind of decision.</source>
        <translation>请至少勾选一种处理决定。</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>English</source>
        <translation>英文</translation>
    </message>
    <message>
        <source>Lang&amp;uage</source>
        <translation>语言(&amp;U)</translation>
    </message>
    <message>
        <source>Of the files; that of QGIS unless you choose another</source>
        <translation>文件所用语言；不另选则与 QGIS 相同</translation>
    </message>
    <message>
        <source>all with a finding</source>
        <translation>有核查结论的全部机井</translation>
    </message>
    <message>
        <source>Named after the case and the well</source>
        <translation>以案卷和机井命名</translation>
    </message>
    <message>
        <source>As PDF, in the order of county, township and id</source>
        <translation>PDF 格式，按县、乡镇、编号排列</translation>
    </message>
    <message>
        <source>F&amp;iles</source>
        <translation>文件(&amp;I)</translation>
    </message>
    <message>
        <source>Tick files for each well, one with all of them, or both.</source>
        <translation>请勾选每井一个文件、合订一个文件，或两者都选。</translation>
    </message>
    <message>
        <source>&amp;Kind of letter</source>
        <translation>函件种类(&amp;K)</translation>
    </message>
    <message>
        <source>From the map</source>
        <translation>取图上所选</translation>
    </message>
    <message>
        <source>Files made: {n}, in {folder}.</source>
        <translation>已输出{n}个文件，位于{folder}。</translation>
    </message>
    <message>
        <source>Objection…</source>
        <translation>异议…</translation>
    </message>
    <message>
        <source>Objection (a new one may be left empty)</source>
        <translation>异议编号（新提出的可留空）</translation>
    </message>
    <message>
        <source>Result of the objection</source>
        <translation>异议处理结果</translation>
    </message>
    <message>
        <source>A result decides on no finding: decide again in the review on those that the objection opened.</source>
        <translation>处理结果不代替处理决定：因异议重新打开的结论，请在审核清单中重新处理。</translation>
    </message>
    <message>
        <source>Fill in what happened and press Record.</source>
        <translation>填写后点击“登记”。</translation>
    </message>
    <message>
        <source>Objections</source>
        <translation>异议</translation>
    </message>
    <message>
        <source>An objection comes in, or gets its result</source>
        <translation>登记新提出的异议，或登记处理结果</translation>
    </message>
    <message>
        <source>Wh&amp;at is recorded</source>
        <translation>登记事项(&amp;A)</translation>
    </message>
    <message>
        <source>The well that is objected to: part of its id or name, or a click on the map</source>
        <translation>异议所涉机井：输入编号或名称的一部分，或在地图上点选</translation>
    </message>
    <message>
        <source>What is objected, without names and numbers of persons</source>
        <translation>异议内容，不得含个人姓名和号码</translation>
    </message>
    <message>
        <source>&amp;Objected</source>
        <translation>异议内容(&amp;O)</translation>
    </message>
    <message>
        <source>Decisions on the well; recording the objection opens all of them again</source>
        <translation>该井已作出的处理决定；登记异议后全部重新打开</translation>
    </message>
    <message>
        <source>Ope&amp;n again</source>
        <translation>重新打开(&amp;N)</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>已等天数</translation>
    </message>
    <message>
        <source>Objections without a result; the one that waits longest stands first</source>
        <translation>尚无处理结果的异议，等待最久的在前</translation>
    </message>
    <message>
        <source>O&amp;bjection</source>
        <translation>异议(&amp;B)</translation>
    </message>
    <message>
        <source>What became of the objection</source>
        <translation>异议如何处理</translation>
    </message>
    <message>
        <source>&amp;Result</source>
        <translation>处理结果(&amp;R)</translation>
    </message>
    <message>
        <source>The day on which it was filed, or got its result</source>
        <translation>异议提出日期，或处理日期</translation>
    </message>
    <message>
        <source>The name of whoever objects is not recorded: keep names and numbers of persons out of the text. Whoever opens the case file reads it; public notices and public tables do not show it.</source>
        <translation>不登记异议人姓名，内容中不得含个人姓名和号码。能打开案卷文件的人均可看到异议内容；公示和公开级表格中不显示。</translation>
    </message>
    <message>
        <source>A result decides on no finding: those that the objection opened are decided on again in the review. Until then no public notice shows them.</source>
        <translation>处理结果不代替处理决定：因异议重新打开的结论须在审核清单中重新处理，此前不列入公示。</translation>
    </message>
    <message>
        <source>Another program is writing the case file. What waits is shown in a moment.</source>
        <translation>其他程序正在写入案卷文件，待处理事项稍后显示。</translation>
    </message>
    <message>
        <source>Objections that wait for their result: {n}</source>
        <translation>待处理的异议：{n}件</translation>
    </message>
    <message>
        <source>No objection waits for its result.</source>
        <translation>没有待处理的异议。</translation>
    </message>
    <message>
        <source>Choose the well: the decisions that will be open again are listed.</source>
        <translation>请选择机井：将列出登记后重新打开的处理决定。</translation>
    </message>
    <message>
        <source>Decisions on {well} that are open again once it is recorded: {n}</source>
        <translation>登记后{well}将重新打开的处理决定：{n}项</translation>
    </message>
    <message>
        <source>Nothing was decided on {well}: the objection is recorded and opens nothing.</source>
        <translation>{well}尚无处理决定：异议予以登记，不打开任何决定。</translation>
    </message>
    <message>
        <source>Waiting already: {ids}</source>
        <translation>已有待处理的异议：{ids}</translation>
    </message>
    <message>
        <source>Recorded: {id} · {subject} · {day} · decisions open again: {n}</source>
        <translation>已登记：{id} · {subject} · {day} · 重新打开的处理决定：{n}项</translation>
    </message>
    <message>
        <source>Recorded: {id} · {subject} · {result} · {day}. Decide again in the review.</source>
        <translation>已登记：{id} · {subject} · {result} · {day}。请在审核清单中重新处理。</translation>
    </message>
    <message>
        <source>Draw the map for the annex</source>
        <translation>绘制附件位置图</translation>
    </message>
    <message>
        <source>Map for the annex (PNG or JPEG; empty: the one that is drawn)</source>
        <translation>附件位置图（PNG或JPEG；空表示用绘制的图）</translation>
    </message>
    <message>
        <source>Drawn from the case</source>
        <translation>由案卷绘制</translation>
    </message>
    <message>
        <source>The wells of the notice over the zones, places rounded</source>
        <translation>公示机井及分区位置示意，位置取整</translation>
    </message>
    <message>
        <source>Map of your own</source>
        <translation>自备附图</translation>
    </message>
    <message>
        <source>A picture that stands in its place</source>
        <translation>用此图片代替</translation>
    </message>
</context>
</TS>
