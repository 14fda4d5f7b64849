// peer.go -- what scripts/bench compares Daybook with: the same two reads, with net/http and pgx.
//
// Bare, it verifies the token and sends one statement. With BEGIN_SQL it does what Daybook does: that
// statement, which checks the session and lets row-level security show the user's rows, goes first in
// the same batch; a list has its total; each request is a line in a log.
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

const columns = `id, title, description, status, priority, completed_at IS NOT NULL, completed_at,
	due_date, remind_at, project_id, category_id, place_key, version, created_at, updated_at`
const pageSize = 50

type task struct {
	ID          string     `json:"id"`
	Title       string     `json:"title"`
	Description *string    `json:"description"`
	Status      string     `json:"status"`
	Priority    string     `json:"priority"`
	Completed   bool       `json:"completed"`
	CompletedAt *time.Time `json:"completed_at"`
	DueDate     *time.Time `json:"due_date"`
	RemindAt    *time.Time `json:"remind_at"`
	ProjectID   *string    `json:"project_id"`
	CategoryID  *string    `json:"category_id"`
	Position    string     `json:"position"`
	Version     int64      `json:"version"`
	CreatedAt   time.Time  `json:"created_at"`
	UpdatedAt   time.Time  `json:"updated_at"`
}

type page struct {
	Tasks []task `json:"tasks"`
	Count int    `json:"count"`
	Total *int64 `json:"total,omitempty"`
	Limit int    `json:"limit"`
}

func scan(row pgx.Row, t *task) error {
	return row.Scan(&t.ID, &t.Title, &t.Description, &t.Status, &t.Priority, &t.Completed, &t.CompletedAt,
		&t.DueDate, &t.RemindAt, &t.ProjectID, &t.CategoryID, &t.Position, &t.Version, &t.CreatedAt,
		&t.UpdatedAt)
}

func scanAll(rows pgx.Rows) ([]task, error) {
	defer rows.Close()
	tasks := make([]task, 0, pageSize)
	for rows.Next() {
		tasks = append(tasks, task{})
		if err := scan(rows, &tasks[len(tasks)-1]); err != nil {
			return nil, err
		}
	}
	return tasks, rows.Err()
}

// Tokens

type claims struct {
	User    string `json:"sub"`
	Session string `json:"sid"`
	Expires int64  `json:"exp"`
}

var errToken = errors.New("a valid access token is required")

func verify(secret []byte, header string) (*claims, error) {
	token := strings.TrimPrefix(header, "Bearer ")
	dot := strings.LastIndexByte(token, '.')
	first := strings.IndexByte(token, '.')
	if first < 0 || first == dot {
		return nil, errToken
	}
	signature, err := base64.RawURLEncoding.DecodeString(token[dot+1:])
	if err != nil {
		return nil, errToken
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(token[:dot]))
	if !hmac.Equal(signature, mac.Sum(nil)) {
		return nil, errToken
	}
	payload, err := base64.RawURLEncoding.DecodeString(token[first+1 : dot])
	if err != nil {
		return nil, errToken
	}
	var c claims
	if json.Unmarshal(payload, &c) != nil || c.Expires < time.Now().Unix() {
		return nil, errToken
	}
	return &c, nil
}

// The two reads, either way

type reader interface {
	one(ctx context.Context, c *claims, id string) (*task, error)
	list(ctx context.Context, c *claims) (*page, error)
}

type bare struct{ pool *pgxpool.Pool }

func (b bare) one(ctx context.Context, c *claims, id string) (*task, error) {
	var t task
	row := b.pool.QueryRow(ctx, `SELECT `+columns+` FROM tasks WHERE user_id = $1 AND id = $2`, c.User, id)
	return &t, scan(row, &t)
}

func (b bare) list(ctx context.Context, c *claims) (*page, error) {
	rows, err := b.pool.Query(ctx, `SELECT `+columns+` FROM tasks WHERE user_id = $1
		ORDER BY created_at DESC, id DESC LIMIT $2`, c.User, pageSize)
	if err != nil {
		return nil, err
	}
	tasks, err := scanAll(rows)
	return &page{Tasks: tasks, Count: len(tasks), Limit: pageSize}, err
}

type same struct {
	pool     *pgxpool.Pool
	beginSQL string
}

// Everything in one batch is one round trip and one transaction. The first result tells whether the
// session lives.
func (s same) send(ctx context.Context, c *claims, batch *pgx.Batch) (pgx.BatchResults, error) {
	results := s.pool.SendBatch(ctx, batch)
	rows, err := results.Query()
	if err == nil && !rows.Next() {
		err = errToken
	}
	rows.Close()
	return results, err
}

func (s same) begin(c *claims) *pgx.Batch {
	batch := &pgx.Batch{}
	batch.Queue(s.beginSQL, c.User, c.Session)
	return batch
}

func (s same) one(ctx context.Context, c *claims, id string) (*task, error) {
	var t task
	batch := s.begin(c)
	batch.Queue(`SELECT `+columns+` FROM tasks WHERE user_id = current_user_id() AND id = $1`, id)
	results, err := s.send(ctx, c, batch)
	defer results.Close()
	if err != nil {
		return nil, err
	}
	return &t, scan(results.QueryRow(), &t)
}

func (s same) list(ctx context.Context, c *claims) (*page, error) {
	batch := s.begin(c)
	batch.Queue(`SELECT `+columns+` FROM tasks WHERE user_id = current_user_id()
		ORDER BY created_at DESC, id DESC LIMIT $1`, pageSize)
	batch.Queue(`SELECT count(*) FROM tasks WHERE user_id = current_user_id()`)
	results, err := s.send(ctx, c, batch)
	defer results.Close()
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		return nil, err
	}
	p := &page{Limit: pageSize, Total: new(int64)}
	if p.Tasks, err = scanAll(rows); err != nil {
		return nil, err
	}
	p.Count = len(p.Tasks)
	return p, results.QueryRow().Scan(p.Total)
}

// HTTP

type server struct {
	secret []byte
	reader reader
	log    *log.Logger
}

// The context is not the request's: a client that goes away must not cost a connection to PostgreSQL.
func (s *server) answer(r *http.Request) (any, error) {
	ctx := context.Background()
	c, err := verify(s.secret, r.Header.Get("Authorization"))
	if err != nil {
		return nil, err
	}
	if r.URL.Path == "/api/v1/tasks" {
		return s.reader.list(ctx, c)
	}
	return s.reader.one(ctx, c, strings.TrimPrefix(r.URL.Path, "/api/v1/tasks/"))
}

func status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errToken):
		return http.StatusUnauthorized
	case errors.Is(err, pgx.ErrNoRows):
		return http.StatusNotFound
	}
	return http.StatusInternalServerError
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	value, err := s.answer(r)
	code := status(err)
	if err != nil {
		value = map[string]any{"error": err.Error(), "code": code}
	}
	body, _ := json.Marshal(value)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	w.Write(body)
	if s.log != nil {
		s.log.Printf(`{"ts":%q,"event":"request","method":%q,"path":%q,"status":%d,"duration_ms":%.3f,"request_id":%q}`,
			started.UTC().Format(time.RFC3339Nano), r.Method, r.URL.Path, code,
			time.Since(started).Seconds()*1000, r.Header.Get("X-Request-Id"))
	}
}

func main() {
	pool, err := pgxpool.Connect(context.Background(), os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	s := &server{secret: []byte(os.Getenv("JWT_SECRET_KEY")), reader: bare{pool}}
	if sql := os.Getenv("BEGIN_SQL"); sql != "" {
		file, err := os.OpenFile(os.Getenv("LOG_TARGET"), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
		if err != nil {
			log.Fatal(err)
		}
		s.reader, s.log = same{pool, sql}, log.New(file, "", 0)
	}
	listener, err := net.Listen("unix", os.Getenv("SOCKET"))
	if err != nil {
		log.Fatal(err)
	}
	// nginx may be another user; the folder around it is closed to everybody else.
	if err := os.Chmod(os.Getenv("SOCKET"), 0o666); err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, s))
}
