package api

import (
	"context"

	ics "github.com/arran4/golang-ical"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"duijie/corpus"
	"duijie/corpus/market"
)

func deskRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/desk", id: "read-desk", tag: "desk", summary: "What waits for a broker, ranked, with the caller's claims, tasks and answers", right: "desk read", problems: []corpus.Code{corpus.Unavailable}, add: handle((*Service).getDesk)},
		{method: "GET", path: "/v1/desk/tasks.ics", id: "get-tasks", tag: "desk", summary: "Next steps of the caller's visits, as a calendar", right: "desk read", add: tasksRoute},
		{method: "POST", path: "/v1/claims/{id}/hand-over", id: "hand-over-claim", tag: "claims", summary: "Give a claim to another broker", right: "claims hand_over", problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).handOverClaim)},
		{method: "POST", path: "/v1/sheets/{id}/send", id: "send-sheet", tag: "sheets", summary: "Make the link of a sheet, shown this once, and note that it is sent", right: "sheets sent", secret: true, problems: []corpus.Code{corpus.Conflict}, add: handle((*Service).sendSheet)},
	}
}

type deskInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

type deskOutput struct{ Body Desk }

func (s *Service) getDesk(ctx context.Context, in *deskInput) (*deskOutput, error) {
	d, err := s.Desk(ctx, CallerOf(ctx), in.Limit)
	return &deskOutput{d}, err
}

// calendarType is that of RFC 5545.
const calendarType = "text/calendar"

func tasksRoute(api huma.API, op huma.Operation, s *Service) {
	op.Responses = map[string]*huma.Response{"200": {Description: "a calendar (RFC 5545)", Content: map[string]*huma.MediaType{calendarType: {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	handle((*Service).getTasks)(api, op, s)
}

func (s *Service) getTasks(ctx context.Context, _ *struct{}) (*streamOutput, error) {
	text, err := s.TaskCalendar(ctx, CallerOf(ctx))
	return &streamOutput{func(hc huma.Context) {
		g := humagin.Unwrap(hc)
		g.Header("Content-Type", calendarType+"; charset=utf-8")
		g.Header("Content-Disposition", "attachment; filename=tasks.ics")
		g.Writer.WriteString(text) // a reader who left needs no answer
	}}, err
}

// TaskCalendar writes c's tasks as a calendar (RFC 5545) with one whole day for each. Its UID stays while the day and the text
// change, so that a calendar that reads it again moves the entry.
func (s *Service) TaskCalendar(ctx context.Context, c Caller) (string, error) {
	if err := c.may("desk", "read"); err != nil {
		return "", err
	}
	cal := ics.NewCalendarFor("duijie")
	cal.SetMethod(ics.MethodPublish)
	err := each(s, ctx, c, &market.VisitType, market.ToDo, func(v market.Visit) bool {
		day := v.Due.Last()
		e := cal.AddEvent(v.ID + "@duijie")
		e.SetDtStampTime(v.Updated)
		e.SetAllDayStartAt(day)
		e.SetAllDayEndAt(day.AddDate(0, 0, 1))
		e.SetSummary(v.Next + " - " + v.Firm)
		if v.Note != "" {
			e.SetDescription(v.Note)
		}
		e.SetTimeTransparency(ics.TransparencyTransparent)
		if s.BaseURL != "" {
			e.SetURL(s.BaseURL + "/visits/" + v.ID)
		}
		return true
	})
	return cal.Serialize(ics.WithNewLineWindows), err
}

type sendSheetInput struct{ IDParam }

type sentSheetOutput struct {
	Body struct {
		Link  string      `json:"link" doc:"for the firm; it holds a secret that is kept nowhere"`
		Until corpus.Date `json:"until" doc:"the link works until the evening before"`
	}
}

func (s *Service) sendSheet(ctx context.Context, in *sendSheetInput) (*sentSheetOutput, error) {
	if s.BaseURL == "" {
		return nil, noBaseURL()
	}
	sheet, token, err := s.SendSheet(ctx, CallerOf(ctx), in.ID)
	out := &sentSheetOutput{}
	out.Body.Link, out.Body.Until = s.BaseURL+SheetPath+token, corpus.DayOf(sheet.LinkUntil)
	return out, err
}
