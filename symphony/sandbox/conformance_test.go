package sandbox_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"roombot/symphony/sandbox"
)

// specifications are the vendor's files, by the base path of what they describe.
func specifications(t *testing.T) map[string]*openapi3.T {
	t.Helper()
	folder := os.Getenv("SYMPHONY_API_SPEC")
	if folder == "" {
		t.Skip("SYMPHONY_API_SPEC does not name the folder of the vendor's OpenAPI files")
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join("..", "..", folder) // relative to the module
	}
	load := func(name string) *openapi3.T {
		loader := openapi3.NewLoader()
		loader.IsExternalRefsAllowed = true
		doc, err := loader.LoadFromFile(filepath.Join(folder, name))
		require.NoError(t, err)
		forgiveRootCause(doc)
		return doc
	}
	return map[string]*openapi3.T{
		"/pod": swagger(t, filepath.Join(folder, "pod/pod-api-public.yaml")), "/login": swagger(t, filepath.Join(folder, "login/login-api-public.yaml")),
		"/agent": load("agent/agent-api-public.yaml"), "/profile-manager": load("profile-manager/profile-manager-api.yaml"),
		"": load("users/users-api-public.yaml"),
	}
}

// forgiveRootCause drops a field that the profile manager's file requires of groups and profiles and describes nowhere:
// its own examples do not have it.
func forgiveRootCause(doc *openapi3.T) {
	for _, named := range doc.Components.Schemas {
		for _, part := range append(named.Value.AllOf, named) {
			part.Value.Required = slices.DeleteFunc(part.Value.Required, func(name string) bool { return name == "rootCause" })
		}
	}
}

// swagger reads a file of version 2.
func swagger(t *testing.T, file string) *openapi3.T {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var tree any
	require.NoError(t, yaml.Unmarshal(raw, &tree))
	asJSON, err := json.Marshal(withTextKeys(tree))
	require.NoError(t, err)
	var old openapi2.T
	require.NoError(t, json.Unmarshal(asJSON, &old))
	doc, err := openapi2conv.ToV3(&old)
	require.NoError(t, err)
	return doc
}

// withTextKeys makes YAML's maps JSON's: statuses are numbers there.
func withTextKeys(value any) any {
	switch v := value.(type) {
	case map[any]any:
		object := map[string]any{}
		for key, inner := range v {
			object[fmt.Sprint(key)] = withTextKeys(inner)
		}
		return object
	case map[string]any:
		for key, inner := range v {
			v[key] = withTextKeys(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = withTextKeys(inner)
		}
	}
	return value
}

// checker validates all that a pod answers.
type checker struct {
	*testing.T
	specs      map[string]*openapi3.T
	operations []sandbox.Operation
	seen       map[string]int // by operation: good answers
}

func (k *checker) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		k.check(r, recorder)
		maps.Copy(w.Header(), recorder.Header())
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	})
}

func (k *checker) check(r *http.Request, got *httptest.ResponseRecorder) {
	at := slices.IndexFunc(k.operations, func(o sandbox.Operation) bool { return o.Method == r.Method && fits(o.Path, r.URL.Path) })
	if at < 0 {
		return
	}
	o := k.operations[at]
	if got.Code < 300 {
		k.seen[o.Method+" "+o.Path]++
	}
	schema := k.schema(o, got.Code)
	if schema == nil || got.Body.Len() == 0 {
		return
	}
	var value any
	if json.Unmarshal(got.Body.Bytes(), &value) != nil {
		return // a file
	}
	if err := schema.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		k.Errorf("%s %s %d: %v\n%s", o.Method, o.Path, got.Code, err, got.Body)
	}
}

func fits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !strings.HasPrefix(want[i], "{") && want[i] != got[i] {
			return false
		}
	}
	return true
}

// operation finds the vendor's description of one of ours, whatever its parameters are called.
func (k *checker) operation(o sandbox.Operation) *openapi3.Operation {
	for base, doc := range k.specs {
		for path, item := range doc.Paths.Map() {
			if sameShape(base+path, o.Path) && item.GetOperation(o.Method) != nil {
				return item.GetOperation(o.Method)
			}
		}
	}
	return nil
}

func sameShape(a, b string) bool {
	left, right := strings.Split(a, "/"), strings.Split(b, "/")
	return slices.EqualFunc(left, right, func(x, y string) bool {
		return x == y || (strings.HasPrefix(x, "{") && strings.HasPrefix(y, "{"))
	})
}

func (k *checker) schema(o sandbox.Operation, status int) *openapi3.Schema {
	described := k.operation(o)
	if described == nil {
		return nil
	}
	response := described.Responses.Value(strconv.Itoa(status))
	if response == nil || response.Value == nil {
		return nil
	}
	for _, media := range response.Value.Content {
		if media.Schema != nil {
			return media.Schema.Value
		}
	}
	return nil
}

func TestAnswersFollowTheVendorsSpecification(t *testing.T) {
	specs := specifications(t)
	b := loggedIn(t)
	k := &checker{T: t, specs: specs, operations: b.pod.Operations(), seen: map[string]int{}}
	b.server.Close()
	b.server = httptest.NewServer(k.watch(b.pod.Handler()))
	b.client = b.server.Client()
	t.Cleanup(b.server.Close)
	b.tour()
	for _, o := range k.operations {
		if o.Implemented && k.operation(o) != nil {
			require.NotZero(t, k.seen[o.Method+" "+o.Path], "%s %s was never answered well", o.Method, o.Path)
		}
	}
}

func TestEachOperationOfTheVendorsIsKnown(t *testing.T) {
	t.Parallel()
	specs := specifications(t)
	pod, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	k := &checker{T: t, specs: specs}
	known := pod.Operations()
	for base, doc := range specs {
		for path, item := range doc.Paths.Map() {
			for method := range item.Operations() {
				require.True(t, slices.ContainsFunc(known, func(o sandbox.Operation) bool {
					return o.Method == method && sameShape(base+path, o.Path)
				}), "%s %s%s", method, base, path)
			}
		}
	}
	for _, o := range known {
		if !strings.HasPrefix(o.Path, "/relay") && !strings.HasPrefix(o.Path, "/sessionauth") && !strings.HasPrefix(o.Path, "/keyauth") && !strings.Contains(o.Path, "v4/datafeed") {
			require.NotNil(t, k.operation(o), "the vendor has no %s %s", o.Method, o.Path)
		}
	}
}

// tour calls every operation at least once, well, and the refusals on its way.
func (b *bundle) tour() {
	b.Helper()
	bob, mallory := b.id("bob"), b.id("mallory")
	b.post("/login/pubkey/authenticate", map[string]string{"token": b.loginToken(nil)}).ok()
	b.post("/login/pubkey/authenticate", map[string]string{"token": "x"})
	b.get("/login/idm/keys").ok()
	b.get("/pod/v2/sessioninfo").ok()
	b.get("/pod/v1/podcert").ok()
	b.get("/pod/v1/languages").ok()
	b.get("/pod/v2/system/protocols")
	b.get("/pod/v1/files/allowedTypes")
	b.get("/pod/v3/users?email=bob@acme.test,x").ok()
	b.get("/pod/v3/users?email=nobody@acme.test")
	b.get("/pod/v3/users")
	b.get("/pod/v2/user?email=bob@acme.test").ok()
	b.post("/pod/v1/user/search", map[string]string{"query": "a"}).ok()
	b.post("/pod/v1/user/manifest/own", map[string]string{"manifest": `{"commands":[]}`}).ok()
	b.get("/pod/v1/user/manifest/own").ok()
	b.tourRooms(bob)
	b.tourStreams(bob)
	for _, call := range []string{"create", "accept", "reject"} {
		b.post("/pod/v1/connection/"+call, map[string]int64{"userId": bob})
		b.post("/pod/v1/connection/"+call, map[string]int64{"userId": mallory})
		b.post("/sandbox/v1/connect", map[string]string{"as": "eve", "with": "roombot", "action": "accept"})
	}
	b.post("/sandbox/v1/connect", map[string]string{"as": "mallory", "with": "roombot", "action": "reject"}).ok()
	b.post("/pod/v1/connection/reject", map[string]int64{"userId": mallory}).ok()
	b.get("/pod/v1/connection/list?status=ALL")
	b.get(fmt.Sprintf("/pod/v1/connection/user/%d/info", b.id("eve"))).ok()
	b.post(fmt.Sprintf("/pod/v1/connection/user/%d/remove", b.id("eve")), nil).ok()
	for _, version := range []string{"v2", "v3"} {
		b.post("/pod/"+version+"/user/presence", map[string]any{"category": "BUSY"}).ok()
	}
	b.get("/pod/v2/user/presence").ok()
	b.get(fmt.Sprintf("/pod/v3/user/%d/presence", bob)).ok()
	b.get("/pod/v2/users/presence")
	b.post("/pod/v1/user/presence/register", []int64{bob}).ok()
	b.tourGroups(bob)
}

func (b *bundle) tourRooms(bob int64) {
	b.Helper()
	feed := b.feed()
	id := b.room(map[string]any{"name": "Desk", "description": "#fx", "keywords": []map[string]string{{"key": "k", "value": "v"}}, "viewHistory": true})
	b.createRoom(map[string]any{"name": "Desk"})
	b.get("/pod/v3/room/" + id + "/info").ok()
	b.post("/pod/v3/room/"+id+"/update", map[string]string{"description": "new"}).ok()
	b.post("/pod/v3/room/search", map[string]any{"query": "desk", "labels": []string{"k"}}).ok()
	b.add(id, bob)
	b.add(id, b.group("Test Group"))
	b.add(id, b.id("eve"))
	for _, change := range []string{"promoteOwner", "demoteOwner", "remove"} {
		b.post("/pod/v1/room/"+id+"/membership/"+change, map[string]int64{"id": bob}).ok()
	}
	b.get("/pod/v2/room/" + id + "/membership/list")
	b.get("/pod/v2/streams/" + id + "/info").ok()
	b.post("/pod/v1/room/"+id+"/setActive?active=false", nil).ok()
	b.post("/pod/v1/room/"+id+"/setActive?active=true", nil).ok()
	b.read(feed, "")
	b.get("/agent/v5/datafeeds")
	b.call("DELETE", "/agent/v5/datafeeds/"+feed, nil)
	b.post("/agent/v5/datafeeds/"+feed+"/read", nil)
}

func (b *bundle) tourStreams(bob int64) {
	b.Helper()
	feed := b.feed()
	im := b.post("/pod/v1/im/create", []int64{bob}).ok()["id"].(string)
	b.get("/pod/v1/im/" + im + "/info").ok()
	b.post("/pod/v1/im/"+im+"/update", map[string]string{}).ok()
	b.post("/pod/v1/streams/list", map[string]any{})
	b.get("/pod/v2/streams/" + im + "/info").ok()
	create := "/agent/v4/stream/" + im + "/message/create"
	sent := b.parts(create, map[string]string{"message": roomForm}, map[string]string{"a.txt": "x"}).ok()
	mid := sent["messageId"].(string)
	b.message(im, "<nothing/>", "")
	file := sent["attachments"].([]any)[0].(map[string]any)["id"].(string)
	b.get("/agent/v1/stream/" + im + "/attachment?fileId=" + file + "&messageId=" + mid)
	b.get("/pod/v1/streams/" + im + "/attachments")
	b.get("/agent/v1/message/" + mid).ok()
	b.get("/pod/v1/message/" + mid + "/status").ok()
	b.get("/agent/v4/stream/" + im + "/message?since=0")
	b.post("/agent/v1/message/search", map[string]any{"streamId": im})
	b.get("/agent/v1/message/search?query=streamId:" + im)
	b.parts("/agent/v4/stream/"+im+"/message/"+mid+"/update", map[string]string{"message": "<messageML>new</messageML>"}, nil).ok()
	b.parts("/agent/v4/message/blast", map[string]string{"message": "<messageML>new</messageML>", "sids": im + ",x"}, nil).ok()
	b.pod.Person("bob").Says("hi @alice")
	form := b.pod.Person("bob").Inbox()[0]
	require.NoError(b, b.pod.Person("bob").Submits(form, "create-room", "submit", map[string]any{"roomName": "x"}).Err)
	b.post("/pod/v1/admin/messagesuppression/"+mid+"/suppress", nil).ok()
	b.read(feed, "")
	b.post("/agent/v1/util/echo", map[string]string{"message": "x"}).ok()
	for _, path := range []string{"/agent/v3/health", "/agent/v3/health/extended", "/agent/v1/info"} {
		b.get(path).ok()
	}
}

func (b *bundle) tourGroups(bob int64) {
	b.Helper()
	b.get("/v1/groups/sdl/list")
	b.get(fmt.Sprintf("/v1/groups/sdl/%d", b.group("Research"))).ok()
	b.get("/profile-manager/v1/types")
	b.tokens["Authorization"] = "Bearer " + b.accessToken()
	body := map[string]any{"type": "SDL", "ownerType": "TENANT", "ownerId": 103, "name": "Desk", "profile": map[string]any{"displayName": "Desk"}}
	made := b.post("/profile-manager/v1/groups", body).object()
	path := "/profile-manager/v1/groups/" + made["id"].(string)
	b.post(path+"/member", map[string]any{"member": map[string]any{"memberTenant": 103, "memberId": bob}}).ok()
	b.post(path+"/avatar", map[string]string{"image": "R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="}).ok()
	b.tokens["If-Match"] = b.get(path).ok()["eTag"].(string)
	b.call("PUT", path, body).ok()
	b.call("PUT", path, body)
	b.get("/profile-manager/v1/groups/type/SDL?limit=2").ok()
	b.get("/profile-manager/v1/types").ok()
	b.get("/profile-manager/v1/types/SDL").ok()
	b.get("/profile-manager/v1/types/none")
}
