package corpus

import (
	"regexp"
	"strings"
)

// A message is what one person wrote in a row, without the lines that programs put around it.
type message struct {
	sender  string // as the program names them; "" where it doesn't
	subject string // of a mail
	text    string
}

// Lines that chat and mail programs put around what people write.
var (
	dayForm   = `(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?|\d{1,2}[-/月]\d{1,2}日?|昨天|今天|前天|(?:星期|周)[一二三四五六日天])`
	noonForm  = `(?:上午|下午|晚上|中午|凌晨|早上)`
	timeForm  = noonForm + `? ?\d{1,2}:\d{2}(?::\d{2})?`
	chatHead  = regexp.MustCompile(`^(.{1,40}?)[ :：]+(?:` + dayForm + ` ?|` + noonForm + ` ?)` + timeForm + `$`)
	chatHead2 = regexp.MustCompile(`^` + dayForm + ` ?` + timeForm + ` (.{1,40})$`)
	chatDay   = regexp.MustCompile(`^(?:[—–=-]+ ?` + dayForm + ` ?[—–=-]*|` + dayForm + ` ?` + timeForm + `)$`)
	mailHead  = regexp.MustCompile(`^(发件人|寄件人|收件人|抄送|密送|发送时间|发件时间|日期|时间|主题|From|To|Cc|Bcc|Sent|Date|Subject|Reply-To)\s*[：:]\s*(.*)$`)
	mailStart = regexp.MustCompile(`^(?:发件人|寄件人|From)\s*[：:]`)
	forwarded = regexp.MustCompile(`^(?:(?:转发|回复|答复|Fwd?|Re)\s*[:：]\s*)+`)
	wrapping  = regexp.MustCompile(`^(?:[-—_=*~]{3,}.*|.*[-—_=*]{5,}|--|\[(?:图片|文件|表情|语音|视频|链接|动画表情|位置|聊天记录|小程序)[^\]]*\]|发自我的.{0,20}|Sent from .{0,30}|以上是打招呼的内容|.{0,20}撤回了一条消息)$`)
	courtesy  = regexp.MustCompile(`^(?:@\S+ ?)*(?:(?:各位|尊敬的|亲爱的)?.{0,10}(?:您好|你好|大家好|老师好|早上好|下午好|晚上好|上午好)|各位.{0,12}[好：:]|(?:非常)?(?:谢谢|感谢|多谢|辛苦了?|麻烦了?|好的|收到|嗯+|OK|ok|可以|知道了|明白)(?:大家|各位|您|你)?(?:老师|专家|领导)?(?:的?(?:支持|帮助|关注))?|此致|敬礼|顺祝商祺|祝好|祝工作顺利|拜托了?|(?:请|麻烦)?(?:各位|大家)?.{0,8}(?:看看|帮忙(?:看看|转发|推荐|对接)(?:一下)?|帮转|扩散|关注一下)|(?:【?转发】?|转)[:：]?|(?:帮忙|现)?转发?一?[个条则]?.{0,14}(?:企业|客户|朋友|公司|厂)的?(?:技术)?(?:需求|难题)|(?:以下|如下|下面)[是为]?.{0,12}(?:需求|难题)(?:信息)?|.{0,12}(?:需求|难题)(?:征集|清单|汇总|列表|信息)?表?)[，,。.！!～~：:？? ]*$`)
	greeting  = regexp.MustCompile(`^(?:@\S+ ?)*(?:各位|尊敬的|亲爱的)?\S{0,6}(?:您好|你好|大家好|专家好|老师好)[，,！!。：:]+ ?`)
	thanks    = regexp.MustCompile(`([。；;！!？?]?)[，, ]*(?:非常)?(?:谢谢|感谢|多谢)(?:大家|各位)?(?:老师|专家)?[。！!~～]*$`)
	bullet    = regexp.MustCompile(`^[•·●■◆▪○□★☆►▶✦✓✔] ?`)
	mention   = regexp.MustCompile(`(?:^| )@\S{1,20}(?: |$)`)
)

// cutMessages takes a clean text apart into what each sender wrote, in the order in which they began. A text without the
// marks of a chat or a mail is one message.
func cutMessages(text string) []message {
	var out []message
	var lines []string
	at := -1 // of the message that is read
	flush := func() {
		if at >= 0 {
			out[at].text = strings.TrimSpace(out[at].text + "\n" + strings.Join(lines, "\n"))
		}
		lines = nil
	}
	begin := func(sender string) {
		flush()
		for at = range out {
			if out[at].sender == sender && sender != "" {
				return
			}
		}
		out = append(out, message{sender: sender})
		at = len(out) - 1
	}
	begin("")
	mail := false // inside the head of a mail
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimLeft(strings.TrimSpace(line), "> ")
		if m := mailHead.FindStringSubmatch(line); m != nil && (mail || mailStart.MatchString(line)) {
			mail = true
			switch m[1] {
			case "发件人", "寄件人", "From":
				begin(m[2])
			case "主题", "Subject":
				out[at].subject = forwarded.ReplaceAllString(m[2], "")
			}
			continue
		}
		mail = false
		head := chatHead.FindStringSubmatch(line)
		if head == nil {
			head = chatHead2.FindStringSubmatch(line)
		}
		switch {
		case head != nil && !strings.ContainsAny(head[1], "，。；！？,;"):
			begin(strings.TrimSpace(head[1]))
		case chatDay.MatchString(line) || wrapping.MatchString(line) || courtesy.MatchString(line):
		default:
			line = thanks.ReplaceAllString(greeting.ReplaceAllString(mention.ReplaceAllString(line, ""), ""), "$1")
			lines = append(lines, strings.TrimSpace(bullet.ReplaceAllString(line, "")))
		}
	}
	flush()
	kept := out[:0]
	for _, m := range out {
		if m.text = strings.TrimSpace(m.text); m.text != "" || m.subject != "" {
			kept = append(kept, m)
		}
	}
	return kept
}
