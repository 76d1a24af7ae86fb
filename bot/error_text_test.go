package bot_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
)

// scenariosWithoutTexts are the tests of what the bot does after errors, by file.
var scenariosWithoutTexts = map[string]map[string]func(*testing.T){
	"exactly_once_test.go": {
		"TestAWriteWhoseAnswerIsLostIsNotRepeated":           TestAWriteWhoseAnswerIsLostIsNotRepeated,
		"TestARoomIsFoundAgainOnAPodWithoutSearchFields":     TestARoomIsFoundAgainOnAPodWithoutSearchFields,
		"TestARoomIsMadeOnceOnAPodThatTakesANameTwice":       TestARoomIsMadeOnceOnAPodThatTakesANameTwice,
		"TestARoomThatTheSearchFindsLateIsStillItsOwn":       TestARoomThatTheSearchFindsLateIsStillItsOwn,
		"TestAWriteThatDidNotArriveIsRepeated":               TestAWriteThatDidNotArriveIsRepeated,
		"TestAThrottledCallWhoseAnswerIsLostIsNotRepeated":   TestAThrottledCallWhoseAnswerIsLostIsNotRepeated,
		"TestAReplyThatArrivesAfterItsTimeoutIsNotSentAgain": TestAReplyThatArrivesAfterItsTimeoutIsNotSentAgain,
		"TestAProxysPageIsNotTakenForSymphonysRefusal":       TestAProxysPageIsNotTakenForSymphonysRefusal,
		"TestAnAnswerWithoutAnIDCountsAsLost":                TestAnAnswerWithoutAnIDCountsAsLost,
		"TestAFailedLoginIsNotTakenForARefusal":              TestAFailedLoginIsNotTakenForARefusal,
		"TestARestartContinuesARequestFromAnyPoint":          TestARestartContinuesARequestFromAnyPoint,
		"TestAStoredPlanIsAppliedAfterAChangeOfRules":        TestAStoredPlanIsAppliedAfterAChangeOfRules,
		"TestEventsThatArriveTwiceAreExecutedOnce":           TestEventsThatArriveTwiceAreExecutedOnce,
		"TestARequestRunsOnceByMessageEditClickOrForm":       TestARequestRunsOnceByMessageEditClickOrForm,
		"TestAReadingCommandMayBeEditedIntoAnother":          TestAReadingCommandMayBeEditedIntoAnother,
		"TestARefusedRequestMayBeCorrected":                  TestARefusedRequestMayBeCorrected,
		"TestAConversationIsAnsweredInItsOrder":              TestAConversationIsAnsweredInItsOrder,
		"TestAFirstAnswerComesWhileFortyPeopleAreAdded":      TestAFirstAnswerComesWhileFortyPeopleAreAdded,
		"TestTheLinkReplacesThePutOffAnswer":                 TestTheLinkReplacesThePutOffAnswer,
	},
	"refusal_test.go": {
		"TestARefusedRoomIsExplainedAndNothingIsCreated":        TestARefusedRoomIsExplainedAndNothingIsCreated,
		"TestARefusedMemberIsNamedWithTheCause":                 TestARefusedMemberIsNamedWithTheCause,
		"TestARefusedGroupIsNamedWithTheCause":                  TestARefusedGroupIsNamedWithTheCause,
		"TestEveryGroupWithoutAnAccountIsNamed":                 TestEveryGroupWithoutAnAccountIsNamed,
		"TestARequesterWhoCannotBeAddedIsTold":                  TestARequesterWhoCannotBeAddedIsTold,
		"TestAnOwnerWhoCannotBePromotedIsAMember":               TestAnOwnerWhoCannotBePromotedIsAMember,
		"TestALookupThatIsRefusedIsExplained":                   TestALookupThatIsRefusedIsExplained,
		"TestWithoutTheRightToReadGroupsOtherRequestsWork":      TestWithoutTheRightToReadGroupsOtherRequestsWork,
		"TestWithoutAProfileManagerOtherRequestsWork":           TestWithoutAProfileManagerOtherRequestsWork,
		"TestAnAnswerThatIsRefusedEverywhereIsLogged":           TestAnAnswerThatIsRefusedEverywhereIsLogged,
		"TestTheDirectoryIsReadAgainForAGroupThatIsNew":         TestTheDirectoryIsReadAgainForAGroupThatIsNew,
		"TestAfterTheLastAttemptTheUserIsTold":                  TestAfterTheLastAttemptTheUserIsTold,
		"TestARequestGivenUpHalfwayNamesTheRoomAndWhoIsMissing": TestARequestGivenUpHalfwayNamesTheRoomAndWhoIsMissing,
		"TestARequestGivenUpBeforeItsFirstWriteMayBeSentAgain":  TestARequestGivenUpBeforeItsFirstWriteMayBeSentAgain,
		"TestARefusedReplyIsReplacedByABriefOne":                TestARefusedReplyIsReplacedByABriefOne,
		"TestAfterARestartTheLastReplyNamesWhoIsMissing":        TestAfterARestartTheLastReplyNamesWhoIsMissing,
		"TestAMemberThroughAGroupIsNotMissing":                  TestAMemberThroughAGroupIsNotMissing,
	},
	"own_room_test.go": {
		"TestAStrangersRoomIsNeverUsed":                    TestAStrangersRoomIsNeverUsed,
		"TestACopiedProofOnAnOlderRoomIsNotUsed":           TestACopiedProofOnAnOlderRoomIsNotUsed,
		"TestAnOwnRoomThatWasRenamedIsFoundAgain":          TestAnOwnRoomThatWasRenamedIsFoundAgain,
		"TestATakenNameAfterALostAnswerIsOursOrNotCreated": TestATakenNameAfterALostAnswerIsOursOrNotCreated,
		"TestAfterARestoreOfTheStoreOnlyOurOwnRoomIsFound": TestAfterARestoreOfTheStoreOnlyOurOwnRoomIsFound,
	},
}

// Symphony documents no text of an error, so that none may decide anything: the scenarios end in
// the same way where each text is "x".
func TestNoDecisionDependsOnTheTextOfAnError(t *testing.T) {
	t.Parallel()
	for file, scenarios := range scenariosWithoutTexts {
		require.ElementsMatch(t, testsIn(t, file), slices.Collect(maps.Keys(scenarios)), "scenarios of %s", file)
		for name, scenario := range scenarios {
			t.Run(name, scenario)
		}
	}
}

// runsWithoutTexts reports whether a test runs within the one above.
func runsWithoutTexts(t testing.TB) bool {
	return strings.HasPrefix(t.Name(), "TestNoDecisionDependsOnTheTextOfAnError/")
}

// testsIn are the names of the tests in a file.
func testsIn(t *testing.T, file string) (names []string) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	for _, declaration := range parsed.Decls {
		if f, ok := declaration.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Test") {
			names = append(names, f.Name.Name)
		}
	}
	return names
}

// withoutTexts is a pod whose errors all have the text "x".
func withoutTexts(pod http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !sandbox.IsAPI(r.URL.Path) {
			pod.ServeHTTP(rw, r)
			return
		}
		answer := httptest.NewRecorder()
		pod.ServeHTTP(answer, r)
		body := answer.Body.Bytes()
		var refusal map[string]any
		if answer.Code >= http.StatusBadRequest && json.Unmarshal(body, &refusal) == nil && refusal["message"] != nil {
			refusal["message"] = "x"
			body, _ = json.Marshal(refusal)
		}
		maps.Copy(rw.Header(), answer.Header())
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(body)
	})
}

func TestSymphonysTextOfAnErrorIsNeitherLoggedNorStored(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]client.Fault{
		"a message":      {Path: onUsers, Status: 503, Message: "room Quagga of alice@acme.test"},
		"a proxy's page": {Path: onUsers, Status: 503, Body: "<title>room Quagga of alice@acme.test</title>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon, logsEverything, func(w *world) { w.tries = 2 })
			w.fail(fault)
			asked := w.asks("bob", `/newroom "Never" carol@acme.test`)
			asked.endsWith("Symphony kept failing")
			w.operates(func(i *engine.Inspector) error {
				found, err := i.Show(t.Context(), asked.Message.ID)
				require.Contains(t, found.LastError, "503", "it holds the status")
				require.NotContains(t, found.LastError, "Quagga")
				return err
			})
			w.stop()
			require.Contains(t, w.log.String(), "attempt failed")
			require.NotContains(t, w.log.String(), "Quagga")
			for _, end := range []string{"", "-wal"} {
				content, err := os.ReadFile(w.store + end)
				if !errors.Is(err, fs.ErrNotExist) {
					require.NoError(t, err)
				}
				require.NotContains(t, string(content), "Quagga")
			}
		})
	}
}
