package api

import "duijie/corpus"

// marker stands in every field of testDocs that the public may not see.
const marker = "密标甲乙丙丁"

// openToKeys stands in a field that is open to the signed in.
const openToKeys = "持钥可见"

// testDocs are few documents of all kinds, linked with each other, with secrets in some.
func testDocs() []corpus.Doc {
	secret := map[string]string{"内部备注": marker}
	return []corpus.Doc{
		{Kind: corpus.Achievement, SourceID: "a1", Title: "玉米淀粉废水厌氧处理与沼气回收技术", Text: "采用高效厌氧反应器处理玉米淀粉加工废水，COD去除率达到92%，沼气用于锅炉燃烧。",
			Keywords: []string{"淀粉废水", "厌氧"}, Field: []string{"1391", "7721"}, Strategic: []string{"7.2"}, Region: "150502", Org: "通辽市生态工程研究所", Contact: marker, Extra: secret,
			Stage: corpus.Pilot, Cooperation: []corpus.Mode{corpus.License}, Price: &corpus.Money{Min: 8_000_000_00, Max: 8_000_000_00, Text: "800万元"}, PublishedOn: "2026-03-01",
			Links: []corpus.Link{{Kind: corpus.Expert, ID: "e1"}, {Kind: corpus.Project, ID: "p1"}}},
		{Kind: corpus.Achievement, SourceID: "a2", Title: "肉牛低蛋白日粮配制技术", Text: "以全株玉米青贮为基础的低蛋白日粮，降低饲料成本12%。", Field: []string{"0311"}, Region: "150521",
			Org: openToKeys, Disclosure: map[string]corpus.Level{"org": corpus.SignedIn, "evaluation": corpus.Confidential}, Evaluation: marker,
			Stage: corpus.Applied, PublishedOn: "2026-05-20"},
		{Kind: corpus.Achievement, SourceID: "a3", Title: "风电场储能协调控制软件", Text: "面向风电与储能联合运行的协调控制软件，支持一次调频。", Field: []string{"4415"}, Region: "150581", Stage: corpus.Lab, PublishedOn: "2026-08-08"},
		{Kind: corpus.Achievement, SourceID: "draft", Title: "未公开的" + marker, Text: marker, Status: corpus.Draft, Links: []corpus.Link{{Kind: corpus.Need, ID: "n1"}}},
		{Kind: corpus.Need, SourceID: "n1", Title: "玉米淀粉生产废水达标排放", Text: "淀粉生产废水COD浓度高，需要经济的厌氧处理工艺，并回收沼气。", Goal: "COD低于100毫克每升", Field: []string{"1391"}, Region: "150502",
			Org: "某淀粉企业", Contact: marker, Tried: marker, Disclosure: map[string]corpus.Level{"tried": corpus.Confidential}, PublishedOn: "2026-06-01", ValidUntil: "2027-06-01"},
		{Kind: corpus.Need, SourceID: "n2", Title: "降低肉牛育肥饲料成本", Text: "希望在不影响增重的前提下降低蛋白饲料用量。", Field: []string{"0311"}, Region: "150521", PublishedOn: "2026-07-15", ValidUntil: "2026-10-01"},
		{Kind: corpus.Expert, SourceID: "e1", Title: "厌氧工程专家", Text: "长期从事淀粉废水厌氧处理研究。", Region: "150502", People: []string{"赵某"}, Position: "研究员", PublishedOn: "2025-01-01"},
		{Kind: corpus.Project, SourceID: "p1", Title: "淀粉废水资源化项目", Text: "沼气回收与中水回用示范。", Region: "150502", Programme: "市科技计划", PublishedOn: "2024-09-01"},
	}
}
