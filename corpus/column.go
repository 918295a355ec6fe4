package corpus

import (
	"cmp"
	"regexp"
	"strings"
	"sync"
)

// A column says how one field stands in tables: under which headers, how a cell is read, how it is written.
type column struct {
	name    string // JSON name of the field
	header  string // what exports write
	aliases string // other headers in use, Chinese and English
	set     setter
	get     func(*Doc) any // the field; nil: read only
	plain   func(*Doc) string

	essential bool // a cell that can't be understood makes the row bad
	late      bool // read after the others
	ignored   bool // left out
}

// columns are all headers we know, in the order of exports. A header means the first column that names it.
var columns = []column{
	{name: "kind", header: "信息类别", aliases: "kind", set: setKind, essential: true,
		get: func(d *Doc) any { return d.Kind }, plain: func(d *Doc) string { return Label(d.Kind, "zh") }},
	{name: "id", header: "编号", aliases: "id 成果编号 需求编号 专家编号 难题编号 信息编号 uuid", essential: true, late: true, set: setID,
		get: func(d *Doc) any { return d.ID }, plain: func(d *Doc) string { return d.ID }},
	lineColumn("source", "数据来源", "source", MaxName, func(d *Doc) *string { return &d.Source }),
	{name: "source_id", header: "来源编号", aliases: "source_id 原编号 来源id", essential: true,
		set: line(MaxName, func(d *Doc) *string { return &d.SourceID }),
		get: func(d *Doc) any { return d.SourceID }, plain: func(d *Doc) string { return d.SourceID }},
	{name: "status", header: "信息状态", aliases: "status 发布状态", set: setStatus,
		get: func(d *Doc) any { return d.Status }, plain: func(d *Doc) string { return Label(d.Status, "zh") }},
	{name: "title", header: "名称", aliases: `title name 成果名称 科技成果名称 项目名称 需求名称 技术需求名称 难题名称 技术难题名称 技术名称 专利名称 标题 题名
		姓名 专家姓名 需求标题 难题标题 主题`, essential: true, set: line(MaxTitle, func(d *Doc) *string { return &d.Title }),
		get: func(d *Doc) any { return d.Title }, plain: func(d *Doc) string { return d.Title }},
	{name: "text", header: "内容", aliases: `text context description abstract summary content 描述 简介 简述 概述 介绍 摘要 成果简介 成果介绍 成果描述 成果内容
		需求 技术需求 企业需求 企业技术需求 难题 技术难题 技术问题 存在问题 存在的问题 需求详情 具体需求 需求简介 要解决的问题 需要解决的问题 需解决的问题 拟解决的技术难题
		技术描述 技术简介 技术内容 需求描述 需求内容 需求简述 需求说明 问题描述 难题描述 拟解决的问题 主要内容 项目简介 个人简介 专家简介 详细内容 详情`,
		essential: true, set: text("", func(d *Doc) *string { return &d.Text }),
		get: func(d *Doc) any { return d.Text }, plain: func(d *Doc) string { return d.Text }},
	listColumn("keywords", "关键词", "keywords keyword tags 关键字 主题词 标签", anySeparator, "；", func(d *Doc) *[]string { return &d.Keywords }),
	codesColumn(Field, ParseField, "field", "国民经济行业", "field classification 行业 所属行业 行业分类 国民经济行业分类 应用行业 行业代码 gb_t4754",
		func(d *Doc) *[]string { return &d.Field }),
	codesColumn(Strategic, ParseStrategic, "strategic", "战略性新兴产业", "strategic 战略新兴产业 新兴产业", func(d *Doc) *[]string { return &d.Strategic }),
	{name: "region", header: "地区", aliases: "region 所在地区 所在地 所属地区 行政区划 行政区划代码 区域 省份 省 城市 市 盟市 旗县 区县 县区 地址 单位地址 企业地址 公司地址 通讯地址 联系地址 企业所在地 area",
		set: setRegion, get: func(d *Doc) any { return d.Region }, plain: func(d *Doc) string {
			if d.Region == "" {
				return ""
			}
			return d.Region + " " + RegionPath(d.Region)
		}},
	lineColumn("org", "单位", "org organization organisation holder company firm 单位名称 完成单位 第一完成单位 持有单位 成果持有人 权利人 企业名称 需求单位 所属单位 工作单位 承担单位 依托单位 公司名称 发布单位 企业 公司 企业全称 公司全称 需求企业 需求方 申报单位",
		MaxName, func(d *Doc) *string { return &d.Org }),
	{name: "org_code", header: "统一社会信用代码", aliases: "org_code 社会信用代码 信用代码 统一信用代码 纳税人识别号 税号", set: setOrgCode,
		get: func(d *Doc) any { return d.OrgCode }, plain: func(d *Doc) string { return d.OrgCode }},
	listColumn("people", "人员", "people authors inventors 完成人 完成人员 主要完成人 主要完成人员 发明人 成果完成人 负责人 项目负责人", anySeparator, "；",
		func(d *Doc) *[]string { return &d.People }),
	{name: "contact", header: "联系方式", aliases: `contact 联系人 联系电话 电话 手机 手机号 手机号码 联系人及电话 邮箱 电子邮箱 email phone tel
		联系人姓名 联系人电话 联系人手机 联系手机 联系邮箱 对接人 座机 固话 固定电话 办公电话 传真 微信 微信号 qq qq号 mobile wechat`, set: setContact,
		get: func(d *Doc) any { return d.Contact }, plain: func(d *Doc) string { return d.Contact }},
	listColumn("indicators", "技术指标", "indicators 指标 主要技术指标 主要指标 性能指标 技术参数 预期指标 考核指标 技术要求 指标要求 具体指标", markSeparator, "；",
		func(d *Doc) *[]string { return &d.Indicators }),
	{name: "links", header: "关联", aliases: "links 关联信息", set: setLinks, get: func(d *Doc) any { return d.Links }, plain: func(d *Doc) string {
		parts := make([]string, len(d.Links))
		for i, l := range d.Links {
			parts[i] = string(l.Kind) + ":" + l.ID
		}
		return strings.Join(parts, "；")
	}},
	{name: "url", header: "网址", aliases: "url link 链接 网页 来源网址 官网", set: setURL,
		get: func(d *Doc) any { return d.URL }, plain: func(d *Doc) string { return d.URL }},
	{name: "stage", header: "所处阶段", aliases: "stage maturity trl 成熟度 技术成熟度 成熟程度 成果阶段 研发阶段 项目阶段 成果成熟度", set: setStage,
		get: func(d *Doc) any { return d.Stage }, plain: func(d *Doc) string { return Label(d.Stage, "zh") }},
	textColumn("stage_proof", "阶段证明", "stage_proof earlyApplication 前期应用情况 应用情况 应用案例", func(d *Doc) *string { return &d.StageProof }),
	{name: "cooperation", header: "合作方式", aliases: "cooperation cooperationMethod jstgfs 技术推广方式 拟合作方式 意向合作方式 转化方式 转让方式 拟转化方式 交易方式 合作意向 合作模式 期望合作方式", set: setModes,
		get: func(d *Doc) any { return d.Cooperation }, plain: func(d *Doc) string {
			parts := make([]string, len(d.Cooperation))
			for i, m := range d.Cooperation {
				parts[i] = Label(m, "zh")
			}
			return strings.Join(parts, "；")
		}},
	moneyColumn("price", "价格", "price 转让价格 报价 参考价格 意向价格 转让费 许可费 价格区间 挂牌价 交易价格", func(d *Doc) **Money { return &d.Price }),
	lineColumn("form", "成果体现形式", "form 体现形式 成果形式", MaxName, func(d *Doc) *string { return &d.Form }),
	lineColumn("level", "成果水平", "level 技术水平", MaxName, func(d *Doc) *string { return &d.Level }),
	{name: "ip", header: "知识产权", aliases: "ip zlxx 知识产权类型 知识产权类别 知识产权形式 专利类型 专利信息", set: setRights,
		get: func(d *Doc) any { return d.Rights }, plain: func(d *Doc) string {
			parts := make([]string, len(d.Rights))
			for i, r := range d.Rights {
				parts[i] = strings.TrimRight(r.Kind+":"+r.Number+":"+r.State, ":")
			}
			return strings.Join(parts, "；")
		}},
	lineColumn("registration", "批准登记号", "registration 登记号 成果登记号 登记编号", MaxName, func(d *Doc) *string { return &d.Registration }),
	textColumn("evaluation", "评价", "evaluation 成果评价 评价意见 鉴定意见 评价结论", func(d *Doc) *string { return &d.Evaluation }),
	textColumn("goal", "预期目标", "goal 目标 需求目标 期望目标 技术目标 预期效果 期望效果 预期成果 希望达到的目标 目标要求", func(d *Doc) *string { return &d.Goal }),
	textColumn("tried", "现有工作基础", "tried 现有基础 工作基础 已有基础 前期基础 前期工作 已有工作 已做工作", func(d *Doc) *string { return &d.Tried }),
	moneyColumn("budget", "拟投入资金", "budget 预算 投入资金 资金预算 研发预算 拟投入经费 计划投入 投资预算 项目预算 经费 悬赏金额 榜额 预算金额 投入预算 意向投入 拟投入 拟投入金额 意向金额", func(d *Doc) **Money { return &d.Budget }),
	lineColumn("position", "职称", "position 职务职称 专业技术职务 职务", MaxName, func(d *Doc) *string { return &d.Position }),
	lineColumn("programme", "科技计划", "programme program 计划名称 计划类别 项目类别 立项计划", MaxName, func(d *Doc) *string { return &d.Programme }),
	lineColumn("project_number", "项目编号", "project_number 立项编号 课题编号 合同编号 任务书编号", MaxName, func(d *Doc) *string { return &d.ProjectNumber }),
	dateColumn("from", "开始日期", "from start 起始日期 开始时间 起始时间", func(d *Doc) *Date { return &d.From }),
	dateColumn("until", "结束日期", "until end 完成日期 完成时间 结束时间 结题时间", func(d *Doc) *Date { return &d.Until }),
	dateColumn("published", "发布日期", "published postTime post_time date 发布时间 公布时间", func(d *Doc) *Date { return &d.PublishedOn }),
	{name: "valid_until", header: "有效期至", aliases: "valid_until deadline 截止日期 截止时间 到期日期 有效期限至", set: setTerm, late: true,
		get: func(d *Doc) any { return d.ValidUntil }, plain: func(d *Doc) string { return string(d.ValidUntil) }},
	dateColumn("confirmed", "确认日期", "confirmed 最近确认", func(d *Doc) *Date { return &d.ConfirmedOn }),
	dateColumn("licensed", "许可转让日期", "licensed", func(d *Doc) *Date { return &d.LicensedOn }),
	dateColumn("withdrawn", "撤下日期", "withdrawn", func(d *Doc) *Date { return &d.WithdrawnOn }),
	dateColumn("gone", "来源消失日期", "gone", func(d *Doc) *Date { return &d.Gone }),
	{name: "disclosure", header: "公开范围", aliases: "disclosure", set: setDisclosure, get: func(d *Doc) any { return d.Disclosure }},
	{name: "extra", header: "其他列", aliases: "extra", set: setExtra, get: func(d *Doc) any { return d.Extra }},

	// What other tables have: more than one column for a field of ours, or two fields in one column.
	{name: "term", aliases: "time 有效期 有效期限 需求有效期 有效时间", set: setTerm, late: true},
	{name: "period", aliases: "起止时间 起止日期 执行期 项目起止时间 研究期限", set: window(func(d *Doc) *Date { return &d.From }, func(d *Doc) *Date { return &d.Until })},
	{name: "area", aliases: "industry 技术领域 行业领域 所属领域 技术分类 领域 应用技术领域 学科领域", late: true,
		set: list(termSeparator, func(d *Doc) *[]string { return &d.Keywords })},
	{name: "right_numbers", aliases: "专利号 专利申请号 授权号 知识产权编号 专利编号", late: true, set: setRightNumbers},
	textPart("应用范围", "scope 应用领域 适用范围 应用场景"),
	textPart("创新点", "主要创新点 技术创新点 技术特点 技术优势 成果特点"),
	textPart("应用前景", "市场前景 推广前景 市场分析"),
	textPart("效益分析", "funding 经济效益 社会效益 预期效益 投入产出"),
	textPart("研究方向", "研究领域 专业方向 专长 擅长领域 主要成果 代表性成果"),
	{name: "ignored", aliases: "序号 no 错误说明 错误文件 错误行 version created updated", ignored: true},
}

func lineColumn(name, header, aliases string, limit int, field func(*Doc) *string) column {
	return column{name: name, header: header, aliases: aliases, set: line(limit, field),
		get: func(d *Doc) any { return *field(d) }, plain: func(d *Doc) string { return *field(d) }}
}

func textColumn(name, header, aliases string, field func(*Doc) *string) column {
	return column{name: name, header: header, aliases: aliases, set: text("", field),
		get: func(d *Doc) any { return *field(d) }, plain: func(d *Doc) string { return *field(d) }}
}

// textPart is a column of its own in many forms that is a paragraph of the text in ours.
func textPart(label, aliases string) column {
	return column{name: label, aliases: label + " " + aliases, late: true, set: text(label, func(d *Doc) *string { return &d.Text })}
}

func dateColumn(name, header, aliases string, field func(*Doc) *Date) column {
	return column{name: name, header: header, aliases: aliases, set: date(field),
		get: func(d *Doc) any { return *field(d) }, plain: func(d *Doc) string { return string(*field(d)) }}
}

func moneyColumn(name, header, aliases string, field func(*Doc) **Money) column {
	return column{name: name, header: header, aliases: aliases, set: money(field),
		get: func(d *Doc) any { return *field(d) }, plain: func(d *Doc) string {
			if m := *field(d); m != nil {
				return m.Text
			}
			return ""
		}}
}

func listColumn(name, header, aliases string, separator *regexp.Regexp, joint string, field func(*Doc) *[]string) column {
	return column{name: name, header: header, aliases: aliases, set: list(separator, field),
		get: func(d *Doc) any { return *field(d) }, plain: func(d *Doc) string { return strings.Join(*field(d), joint) }}
}

func codesColumn(t CodeTable, parse func(string) ([]string, []string), name, header, aliases string, field func(*Doc) *[]string) column {
	return column{name: name, header: header, aliases: aliases, set: codes(t, parse, field),
		get: func(d *Doc) any { return *field(d) }, plain: func(d *Doc) string {
			parts := make([]string, len(*field(d)))
			for i, code := range *field(d) {
				parts[i] = code + " " + CodeName(t, code)
			}
			return strings.Join(parts, "；")
		}}
}

// setID takes the public id for the source's own where no column gives that.
func setID(d *Doc, c cell) *Error {
	if d.SourceID != "" {
		return nil
	}
	return line(MaxName, func(d *Doc) *string { return &d.SourceID })(d, c)
}

var columnsByName = sync.OnceValue(func() map[string]*column {
	byName := map[string]*column{}
	for i := range columns {
		byName[columns[i].name] = &columns[i]
	}
	return byName
})

// Header returns the header under which exports write a field, given by its JSON name; an unknown name as it is.
func Header(field string) string {
	if c := columnsByName()[field]; c != nil {
		return cmp.Or(c.header, field)
	}
	return field
}

// A FieldText is a field by its JSON name, with its header and its value as exports write them.
type FieldText struct{ Name, Header, Text string }

// FieldTexts returns what a document says, in the order of exports, without what the store keeps of it.
func (d *Doc) FieldTexts() []FieldText {
	var out []FieldText
	for _, c := range columns {
		if c.plain == nil || c.name == "kind" || c.name == "id" || c.name == "source" || c.name == "source_id" || c.name == "status" {
			continue
		}
		if text := c.plain(d); text != "" {
			out = append(out, FieldText{c.name, c.header, text})
		}
	}
	return out
}

// columnsByAlias holds all headers as normal writes them.
var columnsByAlias = sync.OnceValue(func() map[string]*column {
	byAlias := map[string]*column{}
	for i := range columns {
		for alias := range strings.FieldsSeq(columns[i].header + " " + columns[i].aliases) {
			byAlias[normal(alias)] = &columns[i]
		}
	}
	return byAlias
})
