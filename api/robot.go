package api

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"duijie/corpus/market"
)

// Outlets are the ways of telling people that the settings name.
type Outlets struct {
	Robots map[market.Channel]Robot // those that there are
	SMS    *SMSGateway              // nil: none
}

// A Robot speaks to a group of a workplace app. Both members are secrets: the address holds the robot's key.
type Robot struct {
	URL    string
	Secret string // that signs, of DingTalk and Lark; "": it demands none
}

// CheckRobot says what is wrong with the address of a robot, without it.
func CheckRobot(r Robot) error {
	if u, err := url.Parse(r.URL); err != nil || u.Scheme != "https" || u.Host == "" {
		return errors.New("it is no address such as https://HOST/PATH")
	}
	return nil
}

// robotLength is how many bytes a text for a robot has at most: WeCom takes 2,048, the others 20,000 and more.
const robotLength = 2048

// A robotRefusal is the code of an error in the answer of a robot, which comes with status 200.
type robotRefusal struct{ code int }

func (r robotRefusal) Error() string { return fmt.Sprintf("机器人答复错误码 %d", r.code) }

// sendRobot says a text to the group of a robot.
func (s *Service) sendRobot(ctx context.Context, c market.Channel, text string) error {
	r, ok := s.Channels.Robots[c]
	if !ok {
		return fmt.Errorf("没有设置%s机器人", market.ChannelWords[c][0])
	}
	to, err := url.Parse(r.URL)
	if err != nil {
		return errors.New("机器人的地址不能用")
	}
	message := map[string]any{"msgtype": "text", "text": map[string]string{"content": text}}
	switch c {
	case market.DingTalkChannel: // signed in the address, by milliseconds
		if r.Secret != "" {
			at := strconv.FormatInt(s.now().UnixMilli(), 10)
			q := to.Query()
			q.Set("timestamp", at)
			q.Set("sign", signed(r.Secret, at+"\n"+r.Secret))
			to.RawQuery = q.Encode()
		}
	case market.LarkChannel: // signed in the body, by seconds: nothing, under what the others sign
		message = map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
		if r.Secret != "" {
			at := strconv.FormatInt(s.now().Unix(), 10)
			message["timestamp"], message["sign"] = at, signed(at+"\n"+r.Secret, "")
		}
	}
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	answer, err := s.postTo(ctx, to.String(), "application/json", "", body)
	if err != nil {
		return err
	}
	var said struct {
		ErrCode *int `json:"errcode"` // WeCom, DingTalk
		Code    *int `json:"code"`    // Lark
	}
	if json.Unmarshal(answer, &said) != nil || said.ErrCode == nil && said.Code == nil {
		return errors.New("机器人的答复无法读取")
	}
	for _, code := range []*int{said.ErrCode, said.Code} {
		if code != nil && *code != 0 {
			return robotRefusal{*code}
		}
	}
	return nil
}

// signed is the HMAC-SHA256 of a text in base64.
func signed(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// answerLength is how much is read of what a gateway or a robot answers.
const answerLength = 16 << 10

// postTo posts a body as webhooks are, to public addresses and those of PrivateWebhooks, and returns the answer of success. Its
// error holds no address.
func (s *Service) postTo(ctx context.Context, to, mediaType, authorization string, body []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, webhookTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("地址不能用")
	}
	req.Header.Set("Content-Type", mediaType)
	req.Header.Set("User-Agent", "duijie/"+s.Version)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	res, err := s.webhooks.client(s).Do(req)
	if err != nil {
		return nil, errors.New(postFault(err))
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, answerLength))
	if err != nil {
		return nil, errors.New(postFault(err))
	}
	if res.StatusCode < 200 || res.StatusCode >= 300 {
		return nil, refusal{res.StatusCode}
	}
	return answer, nil
}
