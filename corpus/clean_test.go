package corpus

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"tags", "<p>高强<b>铝合金</b></p><p style=\"color:red\">板材</p>", "高强铝合金\n\n板材"},
		{"breaks", "一<br>二<BR/>三<br />四", "一\n二\n三\n四"},
		{"list", "<ul><li>甲</li><li>乙</li></ul>", "甲\n\n乙"},
		{"cells", "<tr><td>强度</td><td>300MPa</td></tr>", "强度 300MPa"},
		{"entities", "A&amp;B&nbsp;C&lt;10%&#44;D&quot;", "A&B C<10%,D\""},
		{"escaped twice", "&lt;p&gt;正文&lt;/p&gt;", "正文"},
		{"entity without end", "R&D 与 a&copy=1", "R&D 与 a&copy=1"},
		{"less than a number", "误差<10%", "误差<10%"},
		{"less than a name", "若 a<b 则停", "若 a<b 则停"},
		{"tag without end", "若 a<b", "若 a<b"},
		{"two comparisons", "直径<2mm；水平>3mm", "直径<2mm；水平>3mm"},
		{"formula", "La1-xSrx(0<x<1)的体积含量>5%", "La1-xSrx(0<x<1)的体积含量>5%"},
		{"comparison of one-letter names", "a<b c>d", "a<b c>d"},
		{"comment", "前<!-- 隐藏 -->后", "前后"},
		{"comment without end", "前<!-- 后", "前<!-- 后"},
		{"script", "前<script>alert(1)</script>后<style>p{}</style>", "前后"},
		{"script without end", "用<script>标签", "用标签"},
		{"word", "<o:p></o:p>正文", "正文"},
		{"powers", "10<sup>-6</sup>Pa，2g/m<sup>2</sup>", "10⁻⁶Pa，2g/m²"},
		{"indices", "CO<sub>2</sub>", "CO2"},
		{"full-width and hard spaces", "　　本项目\u00a0\u00a0采用　　激光 ", "本项目 采用 激光"},
		{"zero width", "\ufeff智\u200b能\u200c制\u200d造\u2060", "智能制造"},
		{"control characters", "a\x02b\x00c\td", "abc d"},
		{"direction marks", "a\u202eb", "ab"},
		{"lines", "一\r\n二\r三\u2028四\n\n\n\n五 \n 六", "一\n二\n三\n四\n\n五\n六"},
		{"mongolian", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ ᠬᠡᠯᠡ\u180eᠠ", "ᠮᠣᠩᠭᠣᠯ\u202fᠤᠨ ᠬᠡᠯᠡ\u180eᠠ"},
		{"emoji", "👨\u200d🔬", "👨\u200d🔬"},
		{"bullets of symbol fonts", "\uf0b7甲\uf0d8 乙", "甲 乙"},
		{"rare characters", "䶮𬭚", "䶮𬭚"},
		{"a tag hidden by a zero-width space", "<\u200bb>粗", "粗"},
		{"nothing", " \u3000\n", ""},
	} {
		got := Clean(c.in)
		if got != c.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
		if again := Clean(got); again != got {
			t.Errorf("%s: cleaning %q again gives %q", c.name, got, again)
		}
	}
	if got := CleanLine("玉米<br>深加工\n\n技术"); got != "玉米 深加工 技术" {
		t.Errorf("CleanLine gives %q", got)
	}
}

func TestCleanEndsOnNestedMarkup(t *testing.T) {
	for _, s := range []string{"&" + strings.Repeat("amp;", 10_000) + "lt;", strings.Repeat("<", 1000) + strings.Repeat("b>", 1000)} {
		once := Clean(s)
		if strings.ContainsAny(once, "<&") || Clean(once) != once {
			t.Errorf("%.40q becomes %.40q", s, once)
		}
	}
}

func FuzzCleanIsStable(f *testing.F) {
	f.Add("<p>a&amp;lt;b<sup>2</sup>\u00a0<!--")
	f.Fuzz(func(t *testing.T, s string) {
		once := Clean(s)
		if again := Clean(once); again != once {
			t.Errorf("%q becomes %q, then %q", s, once, again)
		}
	})
}
