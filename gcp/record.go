package gcp

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/googleapis/gax-go/v2/apierror"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// What a log for bug reports holds of a call: which method, how it ended, how long it took, how large the answer was and whether there
// is another page. Nothing of what was asked or answered: Google's error texts quote callers, members and addresses.

// recording are the dial options that write each call to log; none where log is nil.
func recording(log *slog.Logger) []grpc.DialOption {
	if log == nil {
		return nil
	}
	return []grpc.DialOption{
		grpc.WithChainUnaryInterceptor(func(ctx context.Context, method string, req, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker, opts ...grpc.CallOption) error {
			began := time.Now()
			err := call(ctx, method, req, reply, conn, opts...)
			log.Info("call", append(ended(method, began, err), answered(reply, err)...)...)
			return err
		}),
		grpc.WithChainStreamInterceptor(func(ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
			began := time.Now()
			s, err := open(ctx, desc, conn, method, opts...)
			log.Info("stream opened", ended(method, began, err)...)
			if err != nil {
				return nil, err
			}
			return &recorded{ClientStream: s, log: log, method: method, began: began}, nil
		}),
	}
}

// recorded is a stream whose end is written to a log.
type recorded struct {
	grpc.ClientStream
	log             *slog.Logger
	method          string
	began           time.Time
	messages, bytes int
	over            bool
}

// RecvMsg counts what comes. It is for one goroutine, as every stream's is.
func (s *recorded) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err == nil {
		s.messages++
		s.bytes += size(m)
		return nil
	}
	if !s.over {
		s.over = true
		why := err
		if errors.Is(err, io.EOF) {
			why = nil
		}
		s.log.Info("stream ended", append(ended(s.method, s.began, why), slog.Int("messages", s.messages), slog.Int("bytes", s.bytes))...)
	}
	return err
}

// called writes a call by REST, which the dial options do not see; to nobody where log is nil.
func called(log *slog.Logger, method string, began time.Time, err error) {
	if log != nil {
		log.Info("call", ended(method, began, err)...)
	}
}

// constant is how Google writes the reasons of its errors, which are words of a fixed list.
var constant = regexp.MustCompile(`^[A-Z][A-Z0-9_]{2,62}$`)

// ended says how a call ended.
func ended(method string, began time.Time, err error) []any {
	parts := strings.Split(method, "/")
	short := parts[len(parts)-1]
	said := []any{slog.String("method", short), slog.String("code", status.Code(err).String()), slog.Int64("ms", time.Since(began).Milliseconds())}
	if status.Code(err) == codes.OK {
		return said
	}
	if a, ok := apierror.FromError(status.Convert(err).Err()); ok && constant.MatchString(a.Reason()) {
		said = append(said, slog.String("reason", a.Reason()))
	}
	return said
}

// answered says how large an answer is and whether it goes on.
func answered(reply any, err error) []any {
	if err != nil {
		return nil
	}
	said := []any{slog.Int("bytes", size(reply))}
	if paged, ok := reply.(interface{ GetNextPageToken() string }); ok {
		said = append(said, slog.Bool("more", paged.GetNextPageToken() != ""))
	}
	return said
}

func size(m any) int {
	if p, ok := m.(proto.Message); ok {
		return proto.Size(p)
	}
	return 0
}
