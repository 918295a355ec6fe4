package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
	"duijie/corpus/market"
)

// talkRoutes are the threads of leads, with their contacts, and the questions under postings.
func talkRoutes() []route {
	const thread = "/v1/leads/{id}/remarks"
	table := []route{
		{method: http.MethodGet, path: thread, id: "list-remarks", tag: "leads", summary: "What was written in the thread of a lead, oldest first", right: "remarks list", add: handle((*Service).listRemarks)},
		{method: http.MethodPost, path: thread, id: "add-remark", tag: "leads", summary: "Write into the thread of a lead", right: "remarks create", status: http.StatusCreated, problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).addRemark)},
		{method: http.MethodDelete, path: thread + "/{remark}", id: "delete-remark", tag: "leads", summary: "Delete a remark with its files", right: "remarks delete", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).deleteRemark)},
		{method: http.MethodPost, path: thread + "/{remark}/files", id: "attach-file", tag: "leads", summary: "Put a file beside a remark of one's own", right: "remarks create", status: http.StatusCreated, class: tables, problems: []corpus.Code{corpus.Conflict}, add: attachRoute},
		{method: http.MethodGet, path: "/v1/leads/{id}/files/{file}", id: "get-attachment", tag: "leads", summary: "A file of the thread of a lead", right: "remarks list", class: streams, add: attachmentRoute},
		{method: http.MethodGet, path: "/v1/leads/{id}/contacts", id: "get-contacts", tag: "leads", summary: "Which sides of a lead open their contacts, and those that are open to the caller", right: "remarks contacts", add: handle((*Service).getContacts)},
		{method: http.MethodPut, path: "/v1/leads/{id}/contacts", id: "open-contacts", tag: "leads", summary: "Open one's contact to the sides that do the same, or no more", right: "remarks contacts", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).openContacts)},
	}
	for _, k := range []corpus.Kind{corpus.Achievement, corpus.Need} {
		table = append(table, route{method: http.MethodGet, path: "/v1/" + k.Plural() + "/{id}/questions", id: "list-" + string(k) + "-questions", tag: k.Plural(),
			summary: "Public questions about " + map[corpus.Kind]string{corpus.Achievement: "an achievement", corpus.Need: "a need"}[k] + " with their answers, newest first", right: "documents read", add: handle(questionsOf(k))})
	}
	return table
}

type remarksInput struct {
	IDParam
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"100"`
	After string `query:"after" maxLength:"64" doc:"next of the page before"`
}

type remarksOutput struct {
	Body struct {
		Remarks []market.Remark `json:"remarks"`
		Next    string          `json:"next,omitempty" doc:"cursor of the next page"`
	}
}

func (s *Service) listRemarks(ctx context.Context, in *remarksInput) (*remarksOutput, error) {
	out := &remarksOutput{}
	var err error
	out.Body.Remarks, out.Body.Next, err = s.Remarks(ctx, CallerOf(ctx), in.ID, in.Limit, in.After)
	return out, err
}

type addRemarkInput struct {
	IDParam
	Body struct {
		Text string `json:"text" minLength:"1" maxLength:"5000" doc:"files follow by POST to its /files" example:"中试数据在附件里。"`
	}
}

type remarkOutput struct {
	Location string `header:"Location" doc:"of the thread"`
	Body     market.Remark
}

func threadOf(m market.Remark, err error) (*remarkOutput, error) {
	return &remarkOutput{"/v1/leads/" + m.Lead + "/remarks", m}, err
}

func (s *Service) addRemark(ctx context.Context, in *addRemarkInput) (*remarkOutput, error) {
	return threadOf(s.AddRemark(ctx, CallerOf(ctx), in.ID, in.Body.Text, nil))
}

// RemarkParam is the id of a remark in a path.
type RemarkParam struct {
	Remark string `path:"remark" maxLength:"64" doc:"id of the remark" example:"019ac2f1b3e0q7Rk2ZpX"`
}

type deleteRemarkInput struct {
	IDParam
	RemarkParam
}

func (s *Service) deleteRemark(ctx context.Context, in *deleteRemarkInput) (*struct{}, error) {
	return nil, s.DeleteRemark(ctx, CallerOf(ctx), in.ID, in.Remark)
}

type attachInput struct {
	IDParam
	RemarkParam
	Name    string `query:"name" maxLength:"300" doc:"of the file, whose end says its type" example:"中试报告.pdf"`
	RawBody []byte
}

func attachRoute(api huma.API, op huma.Operation, s *Service) {
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}, Description: "PDF, DOCX, XLSX, PNG or JPG of 10 MB at most; 5 beside one remark"}
	for _, t := range attachmentTypes {
		op.RequestBody.Content[t.media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	handle(func(s *Service, ctx context.Context, in *attachInput) (*remarkOutput, error) {
		return threadOf(s.AttachFile(ctx, CallerOf(ctx), in.ID, in.Remark, NewFile{in.Name, in.RawBody}))
	})(api, op, s)
}

type attachmentInput struct {
	IDParam
	File string `path:"file" maxLength:"64" doc:"id of the file" example:"9f86d081884c7d659a2feaa0"`
}

func attachmentRoute(api huma.API, op huma.Operation, s *Service) {
	content := map[string]*huma.MediaType{}
	for _, t := range attachmentTypes {
		content[t.media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "the file as it was sent", Content: content}}
	handle(func(s *Service, ctx context.Context, in *attachmentInput) (*streamOutput, error) {
		a, content, err := s.Attachment(ctx, CallerOf(ctx), in.ID, in.File)
		if err != nil {
			return nil, err
		}
		return &streamOutput{func(hc huma.Context) {
			g := humagin.Unwrap(hc)
			GiveAttachment(g.Writer.Header(), a)
			g.Writer.Write(content) // an error means that the caller has gone
		}}, nil
	})(api, op, s)
}

type contactsOutput struct{ Body Contacts }

func (s *Service) getContacts(ctx context.Context, in *IDParam) (*contactsOutput, error) {
	contacts, err := s.Contacts(ctx, CallerOf(ctx), in.ID)
	return &contactsOutput{contacts}, err
}

type openContactsInput struct {
	IDParam
	Body struct {
		Open bool `json:"open" doc:"true: the caller's sides open their contacts to those that do the same; false: no more" example:"true"`
	}
}

func (s *Service) openContacts(ctx context.Context, in *openContactsInput) (*contactsOutput, error) {
	contacts, err := s.OpenContacts(ctx, CallerOf(ctx), in.ID, in.Body.Open)
	return &contactsOutput{contacts}, err
}

type questionsOutput struct {
	Body struct {
		Questions []PublicQuestion `json:"questions" doc:"the newest 100"`
	}
}

func questionsOf(k corpus.Kind) func(*Service, context.Context, *IDParam) (*questionsOutput, error) {
	return func(s *Service, ctx context.Context, in *IDParam) (*questionsOutput, error) {
		out := &questionsOutput{}
		var err error
		out.Body.Questions, err = s.PublicQuestions(ctx, CallerOf(ctx), k, in.ID)
		return out, err
	}
}
