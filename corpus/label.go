package corpus

// labels holds the Chinese and English words of the values of Kind, Stage, Mode, Status and Level, which differ from
// each other.
var labels = map[string][2]string{
	string(Achievement): {"科技成果", "Achievement"}, string(Need): {"技术需求", "Need"},
	string(Expert): {"专家", "Expert"}, string(Project): {"科技项目", "Project"},
	string(Lab): {"初期", "Laboratory"}, string(Pilot): {"中期", "Pilot"}, string(Applied): {"成熟应用", "Applied"},
	string(Development): {"技术开发", "Development"}, string(Transfer): {"技术转让", "Transfer"},
	string(License): {"技术许可", "License"}, string(Consulting): {"技术咨询", "Consulting"},
	string(Service): {"技术服务", "Service"}, string(Equity): {"作价入股", "Equity"},
	string(Draft): {"草稿", "Draft"}, string(Published): {"已发布", "Published"}, string(Withdrawn): {"已撤回", "Withdrawn"},
	string(Public): {"公开", "Public"}, string(SignedIn): {"登录可见", "Signed in"}, string(Promised): {"保密承诺后可见", "After a promise"}, string(Confidential): {"保密", "Confidential"},
}

// Label returns the word people read for a value: in English for lang "en", else in Chinese; unknown values as they
// are.
func Label[T Kind | Stage | Mode | Status | Level](v T, lang string) string {
	l, ok := labels[string(v)]
	switch {
	case !ok:
		return string(v)
	case lang == "en":
		return l[1]
	}
	return l[0]
}

// parseLabel is the inverse of Label among the values given; the value itself is understood too.
func parseLabel[T Kind | Stage | Mode | Status | Level](s string, values ...T) (T, bool) {
	for _, v := range values {
		if l := labels[string(v)]; s == string(v) || s == l[0] || s == l[1] {
			return v, true
		}
	}
	return "", false
}
