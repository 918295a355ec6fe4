package api

import (
	"context"
	"net/http"
)

func matchBatchRoutes() []route {
	return []route{{method: "POST", path: "/v1/match/batch", id: "match-batch", tag: "finding", summary: "Up to 100 match lists at once", right: "documents match_batch", class: asks, add: handle((*Service).matchBatch)}}
}

type matchBatchInput struct {
	Body struct {
		Questions []MatchRequest `json:"questions" minItems:"1" maxItems:"100" doc:"each as for POST /v1/match"`
	}
}

// A MatchBatchAnswer is what one question of several is answered.
type MatchBatchAnswer struct {
	Status  int      `json:"status" doc:"as POST /v1/match would have answered it: 200, 404, 422, ..." example:"200"`
	Answer  *Answer  `json:"answer,omitempty" doc:"of status 200"`
	Problem *Problem `json:"problem,omitempty" doc:"of any other status"`
}

type matchBatchOutput struct {
	RateLimit string `header:"RateLimit" doc:"what is left when every question is counted" example:"\"key\";r=5900;t=1"`
	Body      struct {
		Answers []MatchBatchAnswer `json:"answers" doc:"one for each question, in their order"`
	}
}

// matchBatch answers one question after the other; one that fails leaves the others their answers. Each counts as a request.
func (s *Service) matchBatch(ctx context.Context, in *matchBatchInput) (*matchBatchOutput, error) {
	left, err := s.charge(ctx, CallerOf(ctx), len(in.Body.Questions)-1)
	if err != nil {
		return nil, err
	}
	out := &matchBatchOutput{RateLimit: left}
	out.Body.Answers = make([]MatchBatchAnswer, 0, len(in.Body.Questions))
	for _, q := range in.Body.Questions {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one := MatchBatchAnswer{Status: http.StatusOK}
		if a, err := s.match(ctx, &matchInput{q}); err != nil {
			one.Problem = problemOf(ctx, s.Log, err)
			one.Status = one.Problem.Status
		} else {
			one.Answer = &a.Body
		}
		out.Body.Answers = append(out.Body.Answers, one)
	}
	return out, nil
}
