package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/posflag"
	"github.com/knadh/koanf/providers/structs"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	yamlv3 "go.yaml.in/yaml/v3"
)

// Settings come from, later ones over earlier: defaults, the file (DATA/duijie.yaml or --config), the environment
// (DUIJIE_LISTEN for listen), flags (--base-path for base_path).
type settings struct {
	Data             string `koanf:"data"`
	Listen           string `koanf:"listen"`
	MetricsListen    string `koanf:"metrics_listen"`
	BasePath         string `koanf:"base_path"`
	BaseURL          string `koanf:"base_url"`
	Operator         string `koanf:"operator"`
	OperatorURL      string `koanf:"operator_url"`
	ICPRecord        string `koanf:"icp_record"`
	PoliceRecord     string `koanf:"police_record"`
	PrivacyURL       string `koanf:"privacy_url"`
	ConfirmMonths    int    `koanf:"confirm_months"`
	RewardRule       string `koanf:"reward_rule"`
	ReviewLevels     int    `koanf:"review_levels"`
	PrivateFeeds     string `koanf:"allow_private_feeds"`
	PrivateWebhooks  string `koanf:"allow_private_webhooks"`
	AlertRetries     string `koanf:"alert_retries"`
	MailHost         string `koanf:"mail_host"`
	MailPort         int    `koanf:"mail_port"`
	MailTLS          string `koanf:"mail_tls"`
	MailFrom         string `koanf:"mail_from"`
	MailUser         string `koanf:"mail_user"`
	MailPassFile     string `koanf:"mail_password_file"`
	MailPassword     string `koanf:"mail_password"` // a secret: only from the environment
	OIDCIssuer       string `koanf:"oidc_issuer"`
	OIDCClient       string `koanf:"oidc_client"`
	OIDCSecretFile   string `koanf:"oidc_secret_file"`
	OIDCSecret       string `koanf:"oidc_secret"` // a secret: only from the environment
	OIDCName         string `koanf:"oidc_name"`
	OIDCClaims       string `koanf:"oidc_claims"`
	OIDCScopes       string `koanf:"oidc_scopes"`
	OIDCRole         string `koanf:"oidc_role"`
	SMSURL           string `koanf:"sms_url"`
	SMSBody          string `koanf:"sms_body"`
	SMSAuthorization string `koanf:"sms_authorization"`
	SMSOK            string `koanf:"sms_ok"`
	SMSKeyFile       string `koanf:"sms_key_file"`
	WeComURLFile     string `koanf:"wecom_url_file"`
	DingURLFile      string `koanf:"dingtalk_url_file"`
	DingSecretFile   string `koanf:"dingtalk_secret_file"`
	LarkURLFile      string `koanf:"lark_url_file"`
	LarkSecretFile   string `koanf:"lark_secret_file"`
	// Secrets: only from the environment.
	SMSKey          string `koanf:"sms_key"`
	WeComURL        string `koanf:"wecom_url"`
	DingURL         string `koanf:"dingtalk_url"`
	DingSecret      string `koanf:"dingtalk_secret"`
	LarkURL         string `koanf:"lark_url"`
	LarkSecret      string `koanf:"lark_secret"`
	Proxies         string `koanf:"proxies"`
	RatePerAddress  int    `koanf:"rate_per_address"`
	RatePerKey      int    `koanf:"rate_per_key"`
	Embedder        string `koanf:"embedder"`
	EmbedderURL     string `koanf:"embedder_url"`
	EmbedderModel   string `koanf:"embedder_model"`
	EmbedderKeyFile string `koanf:"embedder_key_file"`
	EmbedderKey     string `koanf:"embedder_key"` // a secret: only from the environment
	// What goes before a text, and how many go at once, differs from model to model.
	EmbedderQueryPrefix   string        `koanf:"embedder_query_prefix"`
	EmbedderPassagePrefix string        `koanf:"embedder_passage_prefix"`
	EmbedderInputType     bool          `koanf:"embedder_input_type"`
	EmbedderDims          int           `koanf:"embedder_dims"`
	EmbedderBatch         int           `koanf:"embedder_batch"`
	EmbedderTimeout       time.Duration `koanf:"embedder_timeout"`
	RerankerURL           string        `koanf:"reranker_url"`
	RerankerModel         string        `koanf:"reranker_model"`
	RerankerKeyFile       string        `koanf:"reranker_key_file"`
	RerankerKey           string        `koanf:"reranker_key"` // a secret: only from the environment
	RerankerTimeout       time.Duration `koanf:"reranker_timeout"`
	TypedOutside          bool          `koanf:"typed_outside"`
	DictDir               string        `koanf:"dict_dir"`
	LogFormat             string        `koanf:"log_format"`
	LogLevel              string        `koanf:"log_level"`
	Lang                  string        `koanf:"lang"`
}

var defaults = settings{
	Data: "./data", Listen: "127.0.0.1:8080", Proxies: "127.0.0.1,::1", Embedder: "static", EmbedderBatch: 32, EmbedderTimeout: 30 * time.Second,
	AlertRetries: "5s,5m,30m,2h,5h,10h,10h", MailPort: 587, MailTLS: "starttls",
	OIDCClaims: "login=preferred_username,name=name,org=organization", OIDCScopes: "profile",
	RatePerAddress: 600, RatePerKey: 6000, ConfirmMonths: 6, ReviewLevels: 1, RerankerTimeout: 5 * time.Second, LogFormat: "text", LogLevel: "info", Lang: "zh",
}

// addSettings makes a flag for every setting that may stand on a command line.
func addSettings(f *pflag.FlagSet) {
	f.String("config", "", "settings file (default DATA/duijie.yaml)")
	f.String("data", defaults.Data, "folder that holds everything")
	f.String("listen", defaults.Listen, "address to serve on, HOST:PORT")
	f.String("metrics-listen", "", "address to serve /metrics on, for Prometheus, to whoever can reach it (default: none)")
	f.String("base-path", "", "path prefix behind a proxy, such as /duijie")
	f.String("base-url", "", "under which others reach the pages, for links in mail: https://HOST/duijie")
	addOperator(f)
	f.Int("confirm-months", defaults.ConfirmMonths, "after how many months a holder is asked whether a posting stands")
	f.Int("review-levels", defaults.ReviewLevels, "how many people pass what firms and holders send in before it is published, 1 to 3")
	f.String("reward-rule", "", "file with the rule by which brokers and agencies are rewarded (default: no reward is computed)")
	f.String("allow-private-feeds", "", "hosts and networks beside the public internet that feeds may come from: 10.1.0.0/16,feeds.local")
	f.String("allow-private-webhooks", "", "hosts and networks beside the public internet that alerts may be posted to")
	f.String("alert-retries", defaults.AlertRetries, "waits between the tries of an alert, which is given up after the last")
	f.String("mail-host", "", "SMTP server that alerts are mailed by (default: none are mailed)")
	f.Int("mail-port", defaults.MailPort, "port of the SMTP server")
	f.String("mail-tls", defaults.MailTLS, "how mail is encrypted: starttls, tls (from the first byte) or none")
	f.String("mail-from", "", "sender of mail: 对接 <alerts@example.gov.cn>")
	f.String("mail-user", "", "who signs in to the SMTP server (default: nobody does)")
	f.String("mail-password-file", "", "file that holds the password for it (or set DUIJIE_MAIL_PASSWORD)")
	addOIDC(f)
	addChannels(f)
	f.String("proxies", defaults.Proxies, "addresses and networks of proxies before this server, whose X-Forwarded-For is believed")
	f.Int("rate-per-address", defaults.RatePerAddress, "requests a minute from one address without a key, 0 for any number; this machine is not limited")
	f.Int("rate-per-key", defaults.RatePerKey, "requests a minute with one key, 0 for any number; admins are not limited")
	addLimits(f)
	f.String("embedder", defaults.Embedder, "meaning of texts: static (built in) or http (OpenAI-compatible)")
	f.String("embedder-url", "", "address of the http embedder, before /v1/embeddings or with the version: https://HOST/api/v3")
	f.String("embedder-model", "", "model name of the http embedder")
	f.String("embedder-key-file", "", "file that holds the http embedder's key (or set DUIJIE_EMBEDDER_KEY)")
	f.String("embedder-query-prefix", "", "what its model wants before needs and typed problems, such as \"query: \"")
	f.String("embedder-passage-prefix", "", "what its model wants before all else, such as \"passage: \"")
	f.Bool("embedder-input-type", false, "tell it query or passage in input_type, for servers that add the prefix themselves")
	f.Int("embedder-dims", 0, "dimensions its vectors must have (default: those of the first)")
	f.Int("embedder-batch", defaults.EmbedderBatch, "texts in one request at most")
	f.Duration("embedder-timeout", defaults.EmbedderTimeout, "time limit of one request")
	f.String("reranker-url", "", "address of a reranker, before /v1/rerank (default: none)")
	f.String("reranker-model", "", "model name of the reranker")
	f.String("reranker-key-file", "", "file that holds the reranker's key (or set DUIJIE_RERANKER_KEY)")
	f.Duration("reranker-timeout", defaults.RerankerTimeout, "how long a list waits for the reranker")
	f.Bool("typed-outside", false, "let embedder and reranker on other machines see problems that people type; the pages say so")
	f.String("dict-dir", "", "folder with another dictionary (default: the built-in one)")
	f.String("log-format", defaults.LogFormat, "text or json")
	f.String("log-level", defaults.LogLevel, "debug, info, warn or error")
	f.String("lang", defaults.Lang, "first language of the pages, and the one in which commands say what is wrong with rows: zh or en")
}

// A config is the effective settings with their origins.
type config struct {
	settings
	layers []layer // later ones win
}

type layer struct {
	from func(key string) string
	k    *koanf.Koanf
}

func newLayer(from func(string) string, p koanf.Provider, parser koanf.Parser) (layer, error) {
	l := layer{from, koanf.New(".")}
	return l, l.k.Load(p, parser)
}

const envPrefix = "DUIJIE_"

// secrets are the settings that no file holds and nobody is shown.
var secrets = []string{"embedder_key", "reranker_key", "mail_password", "oidc_secret", "sms_key", "wecom_url", "dingtalk_url", "dingtalk_secret", "lark_url", "lark_secret"}

func envName(key string) string  { return envPrefix + strings.ToUpper(key) }
func flagName(key string) string { return "--" + strings.ReplaceAll(key, "_", "-") }

// loadConfig reads all layers. Its errors say what to change.
func loadConfig(flags *pflag.FlagSet) (config, error) {
	base, err := newLayer(func(string) string { return "default" }, structs.Provider(defaults, "koanf"), nil)
	if err == nil {
		err = base.addLimits()
	}
	if err != nil {
		return config{}, err
	}
	known := base.k.Keys()
	environ, err := newLayer(envName, env.Provider(".", env.Opt{Prefix: envPrefix, TransformFunc: func(name, value string) (string, any) {
		key := strings.ToLower(strings.TrimPrefix(name, envPrefix))
		if value == "" || !slices.Contains(known, key) {
			return "", nil // such as the DUIJIE_PORT that a cluster sets for a service of this name
		}
		return key, value
	}}), nil)
	if err != nil {
		return config{}, err
	}
	given, err := newLayer(flagName, posflag.ProviderWithFlag(flags, ".", nil, func(f *pflag.Flag) (string, any) {
		key := strings.ReplaceAll(f.Name, "-", "_")
		if !slices.Contains(known, key) {
			return "", nil
		}
		return key, f.Value.String()
	}), nil)
	if err != nil {
		return config{}, err
	}
	c := config{layers: []layer{base, environ, given}}
	path, err := settingsFile(flags, c.lookup("data"))
	if err != nil {
		return c, err
	}
	if path != "" {
		if err := checkFile(path, known); err != nil {
			return c, err
		}
		l, err := newLayer(func(string) string { return path }, file.Provider(path), yaml.Parser())
		if err != nil {
			return c, fmt.Errorf("%s: %w", path, err)
		}
		c.layers = slices.Insert(c.layers, 1, l)
	}
	all := koanf.New(".")
	for _, l := range c.layers {
		if err := all.Merge(l.k); err != nil {
			return c, err
		}
	}
	if err := c.checkForm(); err != nil {
		return c, err
	}
	if err := all.Unmarshal("", &c.settings); err != nil {
		return c, err
	}
	return c, c.check()
}

// settingsFile returns the file to read, "" where there is none.
func settingsFile(flags *pflag.FlagSet, data string) (string, error) {
	path, err := flags.GetString("config")
	if path != "" || err != nil {
		return path, err
	}
	path = filepath.Join(data, "duijie.yaml")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return path, nil
}

// lookup returns the value of a setting in the uppermost layer that has it.
func (c *config) lookup(key string) string {
	return c.layerOf(key).k.String(key)
}

func (c *config) layerOf(key string) layer {
	for _, l := range slices.Backward(c.layers) {
		if l.k.Exists(key) {
			return l
		}
	}
	return c.layers[0]
}

// checkFile names the line of what a settings file should not hold.
func checkFile(path string, known []string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var doc yamlv3.Node
	if err := yamlv3.Unmarshal(b, &doc); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	top := doc.Content[0]
	if top.Kind != yamlv3.MappingNode {
		return fmt.Errorf("%s line %d: want lines of the form \"setting: value\"", path, top.Line)
	}
	for i := 0; i < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		switch {
		case slices.Contains(secrets, key.Value):
			return fmt.Errorf("%s line %d: a key does not belong here: name its file in %s_file, or set %s", path, key.Line, key.Value, envName(key.Value))
		case key.Value == "data":
			return fmt.Errorf("%s line %d: data can only be set by --data or %sDATA", path, key.Line, envPrefix)
		case !slices.Contains(known, key.Value):
			return fmt.Errorf("%s line %d: there is no setting %q; there are %s", path, key.Line, key.Value, strings.Join(known, ", "))
		case value.Kind != yamlv3.ScalarNode:
			return fmt.Errorf("%s line %d: %s takes one value", path, key.Line, key.Value)
		}
	}
	return nil
}

func (a *app) configCommand() *cobra.Command {
	cmd := group("config", "Show the settings")
	show := &cobra.Command{
		Use:   "show",
		Short: "Print the effective settings and where each came from",
		Args:  cobra.NoArgs,
		RunE:  a.does(func(context.Context, []string) error { return a.showConfig() }),
	}
	show.Flags().BoolVar(&a.json, "json", false, "print JSON")
	cmd.AddCommand(show)
	return cmd
}

func (a *app) showConfig() error {
	type row struct {
		Setting string `json:"setting"`
		Value   string `json:"value"`
		From    string `json:"from"`
	}
	var rows []row
	t := newTable("设置", "值", "来源")
	for _, key := range a.layers[0].k.Keys() {
		r := row{key, a.lookup(key), a.layerOf(key).from(key)}
		if slices.Contains(secrets, key) && r.Value != "" {
			r.Value = "********"
		}
		rows = append(rows, r)
		t.add(r.Setting, r.Value, r.From)
	}
	if a.json {
		return json.NewEncoder(a.stdout).Encode(rows)
	}
	return t.print(a.stdout)
}
