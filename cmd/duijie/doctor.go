package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"duijie/api"
	"duijie/corpus"
)

// A process has a data folder.
type process struct {
	PID    int    `json:"pid"`
	Listen string `json:"listen,omitempty"` // of a server; "" of a command
	Base   string `json:"base,omitempty"`   // path under which its pages are reached
}

// A diagnosis is what `duijie doctor` tells of a data folder.
type diagnosis struct {
	process
	Version  string                                `json:"version"`
	Data     string                                `json:"data"`
	Identity string                                `json:"identity"` // of the store
	Counts   map[corpus.Kind]map[corpus.Status]int `json:"counts"`
	Changes  uint64                                `json:"changes"`  // last sequence number
	Indexed  uint64                                `json:"indexed"`  // the index has caught up to it
	Analyzer string                                `json:"analyzer"` // dictionary, version, model
	Serving  makeup                                `json:"serving"`
	Differs  []string                              `json:"differs,omitempty"` // what reload would change: dictionary, words, synonyms, outside_model
	Fault    string                                `json:"fault,omitempty"`   // why reload would fail
	Meaning  *api.Meaning                          `json:"meaning,omitempty"`
	Lists    api.Lists                             `json:"lists"`   // kept, and needs that wait for theirs
	Ranking  string                                `json:"ranking"` // version of the weights
	Earlier  corpus.Earlier                        `json:"earlier"` // kept for undo, in the truth
	Reaches  []reach                               `json:"reaches"` // other services that the settings name
	Truth    int64                                 `json:"truth_bytes"`
	Derived  int64                                 `json:"derived_bytes"`
}

func (f *folder) diagnose(ctx context.Context, p process) (diagnosis, error) {
	s, g := f.service, f.current()
	d := diagnosis{process: p, Version: s.Version, Data: f.app.Data, Identity: s.Store.Identity(),
		Counts: map[corpus.Kind]map[corpus.Status]int{}, Analyzer: g.Analyzer.Name(), Serving: g.makeup(), Ranking: g.Matcher.Ranking().Version}
	d.Differs, d.Fault = f.pending(g)
	d.Reaches = f.app.reaches(ctx)
	var err error
	var ready bool
	if d.Indexed, d.Changes, ready = g.Sync.Status(); !ready {
		d.Indexed = g.index.Mark()
	}
	if model, waiting := g.Sync.Meaning(); model != "" && ready { // before that, nobody has counted
		d.Meaning = &api.Meaning{Model: model, Waiting: waiting}
	}
	d.Lists.Kept, d.Lists.Waiting = g.Matcher.Lists()
	for _, k := range corpus.Kinds {
		if d.Counts[k], err = s.Store.Count(k); err != nil {
			return d, err
		}
	}
	if d.Earlier, err = s.Store.Earlier(); err != nil {
		return d, err
	}
	if d.Truth, err = size(filepath.Join(f.app.Data, corpus.FileName)); err != nil {
		return d, err
	}
	d.Derived, err = size(f.app.indexPath())
	return d, err
}

// size sums the files at and below a path. Files that vanish meanwhile count nothing.
func size(path string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(path, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			var info fs.FileInfo
			if info, err = e.Info(); err == nil {
				sum += info.Size()
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
	return sum, err
}

func (f *folder) serveDoctor(w http.ResponseWriter, r *http.Request, p process) {
	d, err := f.diagnose(r.Context(), p)
	if err != nil {
		f.service.Log.Error("doctor", "error", err)
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	serveJSON(w, d)
}

func serveJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v) // an error means that the caller has gone
}

func (a *app) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Tell the state of the data folder: counts, index, dictionary, server, other services, disk",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(ctx context.Context, _ []string) error { return a.doctor(ctx) }),
	}
	cmd.Flags().BoolVar(&a.json, "json", false, "print JSON")
	return cmd
}

func (a *app) doctor(ctx context.Context) error {
	c, err := a.find(ctx, true)
	if err != nil {
		return err
	}
	defer c.close()
	var d diagnosis
	body, err := c.call(ctx, http.MethodGet, "/doctor", nil, nil, &d)
	if err != nil {
		return err
	}
	if a.json {
		_, err := a.stdout.Write(body)
		return err
	}
	t := newTable("项目", "状态")
	t.add("程序", d.Version)
	server := "未运行"
	if d.Listen != "" {
		server = fmt.Sprintf("http://%s（进程 %d）", d.Listen, d.PID)
	}
	t.add("服务", server)
	t.add("数据目录", d.Data)
	t.add("库标识", d.Identity)
	for _, k := range corpus.Kinds {
		n := d.Counts[k]
		t.add(corpus.Label(k, ""), fmt.Sprintf("已发布 %d，草稿 %d，已撤回 %d", n[corpus.Published], n[corpus.Draft], n[corpus.Withdrawn]))
	}
	t.add("最后变更", strconv.FormatUint(d.Changes, 10))
	t.add("索引进度", fmt.Sprintf("%d（落后 %d）", d.Indexed, d.Changes-d.Indexed))
	t.add("词典与模型", d.Analyzer)
	t.add("词典", partText(d.Serving.Dictionary, "词"))
	t.add("用户词", partText(d.Serving.Words, "词"))
	t.add("同义词", partText(d.Serving.Synonyms, "组"))
	t.add("内置模型", d.Serving.Model)
	if m := d.Meaning; m != nil {
		state := "全部就绪"
		if m.Waiting > 0 {
			state = fmt.Sprintf("还有 %d 条未算好，暂用内置向量", m.Waiting)
		}
		t.add("外部模型", m.Model+"，"+state)
	}
	switch {
	case d.Fault != "":
		t.add("文件", "有误，仍用原来的："+strings.ReplaceAll(d.Fault, "\n", "；"))
	case len(d.Differs) > 0:
		t.add("文件", strings.Join(changedNames(d.Differs), "、")+"与正在使用的不同；duijie reload 换用")
	default:
		t.add("文件", "与正在使用的一致")
	}
	t.add("匹配列表", fmt.Sprintf("已存 %d，待算 %d", d.Lists.Kept, d.Lists.Waiting))
	t.add("排序权重", d.Ranking)
	t.add("可撤销的导入", fmt.Sprintf("%d 条记录的导入前内容，%.1f MB", d.Earlier.Documents, float64(d.Earlier.Bytes)/1e6))
	for _, r := range d.Reaches {
		t.add(map[string]string{"oidc": "统一身份认证", "mail": "邮件服务器", "sms": "短信网关"}[r.Service], r.text())
	}
	t.add("磁盘", fmt.Sprintf("数据 %.1f MB，索引 %.1f MB", float64(d.Truth)/1e6, float64(d.Derived)/1e6))
	return t.print(a.stdout)
}
