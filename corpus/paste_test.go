package corpus

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestContactsAreTakenOutOfText(t *testing.T) {
	for text, want := range map[string]string{ // what is left | what was found
		"求脱硫剂，联系人：李经理，电话13800000000。":               "求脱硫剂。|李经理 13800000000",
		"请联系张工 138 0000 0000 谢谢":                    "谢谢|张工 138 0000 0000",
		"电话+86-138-0000-0000":                       "|+86-138-0000-0000",
		"找王总（13800000000）":                          "|王总 13800000000",
		"座机0475-8888888转801":                        "|0475-8888888转801",
		"办公电话：8234567":                              "|8234567",
		"热线400-800-1234":                            "|400-800-1234",
		"邮箱 a.b@example.com，微信：abc_123456":          "|a.b@example.com,微信 abc_123456",
		"QQ：123456789":                              "|123456789",
		"除尘布袋两个月就烂，与孙厂长联系，地址见附件":                    "除尘布袋两个月就烂，地址见附件|孙厂长",
		"１３８００００００００":                               "|１３８００００００００",
		"赵海\n13800000000":                           "|赵海,13800000000",
		"施工13800000000":                             "施工|13800000000",
		"专利ZL202310000000.1，转速0-13000 r/min":        "专利ZL202310000000.1，转速0-13000 r/min|",
		"标准GB/T 18254-2016，规格150×2000×3000，价格1380元": "标准GB/T 18254-2016，规格150×2000×3000，价格1380元|",
		"提高总产量，化工、施工和金工车间":                          "提高总产量，化工、施工和金工车间|",
		"微信小程序开发，需要iOS客户端":                          "微信小程序开发，需要iOS客户端|",
	} {
		rest, found := takeContacts(text)
		if got := rest + "|" + strings.Join(found, ","); got != want {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestMessagesAreCutBySender(t *testing.T) {
	for text, want := range map[string][]string{
		"甲 2024/3/5 10:21\n一\n\n乙 2024/3/5 10:22\n二\n\n甲 2024/3/5 10:23\n三": {"甲:一\n三", "乙:二"},
		"2024-03-05 10:21:33 甲\n一":                   {"甲:一"},
		"甲 昨天 16:40\n一":                              {"甲:一"},
		"From: a@example.com\nSubject: Re: 题\n\n> 一": {"a@example.com:一"},
		"您好！\n一\n谢谢":                                 {":一"},
	} {
		var got []string
		for _, m := range cutMessages(text) {
			got = append(got, m.sender+":"+m.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q\n got %q\nwant %q", text, got, want)
		}
	}
}

func TestATextTooLongOrTooManyIsRefused(t *testing.T) {
	for name, text := range map[string]string{"too_large": strings.Repeat("长", MaxText), "too_large ": strings.Repeat("需求：求购脱硫剂\n", maxPasted+1), "invalid": "谢谢", "invalid ": "\xff\xfe"} {
		if _, err := ReadText(text, "", ReadOptions{}); string(CodeOf(err)) != strings.TrimSpace(name) {
			t.Errorf("%.20q: %v, want code %s", text, err, name)
		}
	}
}

// Whatever is pasted makes drafts that pass the check and show nobody how to reach anybody, and no panic.
func FuzzReadText(f *testing.F) {
	for _, s := range []string{
		"王建国 2024/3/5 10:21\n企业名称：甲公司\n需求：一、降低能耗；二、除垢\n电话：13800000000",
		"【需求】甲【联系方式】乙 138-0000-0000\n需求2：丙 a@example.com",
		"From: a@example.com\nSubject: b\n\n> 微信：abc_123456",
		"138138000000000000000", "联系人：\x00王经理", "1380000&#48;000", "电话：１３８ ００００ ００００", "需求\n：\n：：", "@@a@b.c@d.e",
	} {
		f.Add(s)
	}
	split := func(_, text string) []Piece {
		half := len(text) / 2
		return []Piece{{"", strings.ToValidUTF8(text[:half], "")}, {"", strings.ToValidUTF8(text[half:], "")}}
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, o := range []ReadOptions{{}, {Kind: Achievement}, {Split: split}} {
			rows, err := ReadText(text, "f", o)
			if err != nil && CodeOf(err) == Internal {
				t.Fatal(err)
			}
			for _, r := range rows {
				public := r.Doc.Public()
				for _, field := range public.FieldTexts() {
					if _, found := takeContacts(field.Text); len(found) > 0 && field.Name != "region" && field.Name != "field" {
						t.Errorf("%q stands in %s of %q", found, field.Name, text)
					}
				}
				if again := r.Doc; !r.Bad() && len(again.Check()) > 0 {
					t.Errorf("a good draft of %q is refused", text)
				}
			}
		}
	})
}

func TestDecodeText(t *testing.T) {
	for name, in := range map[string]string{"UTF-8": "\ufeff需求：低温干燥", "GB18030": gb(t, "需求：低温干燥"), "UTF-16": "\xff\xfe\x00\x97\x42\x6c"} {
		got, err := DecodeText([]byte(in))
		if want := "需求：低温干燥"; err != nil || got != want && got != "需求" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if got, err := DecodeText([]byte("\x89PNG\r\n\x1a\n\x00\x00\xff\xff")); CodeOf(err) != Invalid {
		t.Errorf("a picture: %q, %v", got, err)
	}
}

func TestAMessageOfTooManyPostingsIsRefused(t *testing.T) {
	var b strings.Builder
	for i := 0; b.Len() < MaxText/2; i++ {
		fmt.Fprintf(&b, "电话:%d\n", i)
	}
	for b.Len() < MaxText-20 {
		b.WriteString("企业:a\n")
	}
	many := strings.Repeat("企业：甲\n需求：乙\n", maxPasted+1)
	for _, text := range []string{b.String(), many} {
		if rows, err := ReadText(text, "", ReadOptions{}); CodeOf(err) != TooLarge {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
}

func TestAMendedDraftStaysADraft(t *testing.T) {
	o := ReadOptions{Kind: Need}
	rows, err := ReadText("企业名称：科尔沁示例淀粉公司\n需求：缩短玉米浸泡时间\n联系人：于工 13800000000", "", o)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	text := rows[0].Text()
	mended, changed := text.With(append([]string{text.Cells[0] + "！"}, text.Cells[1:]...))
	if row := mended.Read(ReadOptions{}); !changed || row.Bad() || row.Doc.Status != Draft || row.Doc.Kind != Need {
		t.Errorf("%v %+v", changed, row)
	}
}
