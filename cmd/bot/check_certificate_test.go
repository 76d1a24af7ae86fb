package main

import (
	"crypto/rand"
	stdrsa "crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
)

// newCertificatePod starts a pod with TLS that asks for client certificates.
func newCertificatePod(t *testing.T) *httptest.Server {
	t.Helper()
	return startCertificatePod(t, newPodHandler(t))
}

// newPodHandler makes a pod that ends with the test.
func newPodHandler(t *testing.T) http.Handler {
	t.Helper()
	pod, err := sandbox.New(sandbox.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, pod.Close()) })
	return pod.Handler()
}

func startCertificatePod(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// writeCertificateConfig writes a configuration that signs in at the pod with a certificate.
func writeCertificateConfig(t *testing.T, pod *httptest.Server, certificate x509.Certificate) (path string) {
	t.Helper()
	dir := t.TempDir()
	public, private := newCertificate(t, certificate)
	both := slices.Concat(public, private)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bot.pem"), both, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "trusted.pem"), pemBlock("CERTIFICATE", pod.Certificate().Raw), 0o600))
	path = filepath.Join(dir, "config.json")
	require.NoError(t, os.WriteFile(path, []byte(`{`+configKeys(pod)+`, `+allowEverybody+`,
		"bot": {"username": "roombot", "certificate": {"path": "bot.pem"}}, "ssl": {"trustStore": {"path": "trusted.pem"}}}`), 0o600))
	return path
}

// newCertificate makes a self-signed certificate and its key, in PEM.
func newCertificate(t *testing.T, certificate x509.Certificate) (public, private []byte) {
	t.Helper()
	key, err := stdrsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	private, err = x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	certificate.SerialNumber = big.NewInt(1)
	public, err = x509.CreateCertificate(rand.Reader, &certificate, &certificate, key.Public(), key)
	require.NoError(t, err)
	return pemBlock("CERTIFICATE", public), pemBlock("PRIVATE KEY", private)
}

func pemBlock(kind string, content []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content})
}

// certificateTemplate is a certificate of that name that expires after d.
func certificateTemplate(name string, d time.Duration) x509.Certificate {
	return x509.Certificate{Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-100 * 24 * time.Hour), NotAfter: time.Now().Add(d)}
}

const year = 365 * 24 * time.Hour

func TestBotSignsInWithACertificate(t *testing.T) {
	t.Parallel()
	path := writeCertificateConfig(t, newCertificatePod(t), certificateTemplate("roombot", year))
	got := shell(t, "check", "--config", path)
	require.Zero(t, got.code, got.out+got.err)
	require.Regexp(t, `(?m)^✓ certificate +roombot, until \d{4}-`, got.out)
	require.Regexp(t, `(?m)^✓ network +session auth, key auth at https://`, got.out)
	require.Regexp(t, `(?m)^✓ login +roombot \(Roombot`, got.out)
	require.Regexp(t, `(?m)^✓ datafeed`, got.out)

	bot := begin(t, "run", "--config", path)
	bot.line("a feed was created")
	require.Zero(t, bot.stop())
}

func TestBotWithACertificateLogsOutOnARegularStop(t *testing.T) {
	t.Parallel()
	pod, logouts := newPodHandler(t), make(chan string, 9)
	path := writeCertificateConfig(t, startCertificatePod(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/logout") {
			pod.ServeHTTP(w, r)
			return
		}
		answer := httptest.NewRecorder()
		pod.ServeHTTP(answer, r)
		logouts <- fmt.Sprint(r.URL.Path, " ", answer.Code)
		w.WriteHeader(answer.Code)
	})), certificateTemplate("roombot", year))
	both := []string{"/sessionauth/v1/logout 200", "/keyauth/v1/logout 200"}

	bot := begin(t, "run", "--config", path)
	bot.line("a feed was created")
	require.Empty(t, logouts)
	require.Zero(t, bot.stop())
	made := []string{<-logouts, <-logouts}
	require.Equal(t, both, made)

	require.Zero(t, shell(t, "check", "--config", path).code)
	made = []string{<-logouts, <-logouts}
	require.Equal(t, both, made)
	require.Empty(t, logouts)
}

func TestCertificateOfAnotherNameIsRejected(t *testing.T) {
	t.Parallel()
	path := writeCertificateConfig(t, newCertificatePod(t), certificateTemplate("rombot", year))
	got, code := runCheck(t, path)
	require.Equal(t, exitRejected, code)
	require.Equal(t, levelWarning, got["certificate"].Level)
	require.Contains(t, got["certificate"].Remedy, `not bot.username, "roombot"`)
	require.Contains(t, got["login"].Detail, "likely unknown user")
	require.Equal(t, exitRejected, shell(t, "run", "--config", path).code)
}

func TestExpiringCertificateIsAWarning(t *testing.T) {
	t.Parallel()
	pod := newCertificatePod(t)
	path := writeCertificateConfig(t, pod, certificateTemplate("roombot", 10*24*time.Hour))
	require.NoError(t, os.Chmod(filepath.Join(filepath.Dir(path), "bot.pem"), 0o644))
	got, code := runCheck(t, path)
	require.Zero(t, code)
	require.Equal(t, levelWarning, got["certificate"].Level)
	require.Contains(t, got["certificate"].Remedy, "before it ends")
	require.Contains(t, got["certificate"].Remedy, "chmod 600")

	got, code = runCheck(t, writeCertificateConfig(t, pod, certificateTemplate("roombot", -time.Hour)))
	require.Equal(t, exitFailed, code)
	require.Contains(t, got["certificate"].Detail, "it has expired")
	require.NotContains(t, got, "login", "which could only fail")
}

func TestCertificateWithoutKeyIsReported(t *testing.T) {
	t.Parallel()
	pod := newCertificatePod(t)
	path := writeCertificateConfig(t, pod, certificateTemplate("roombot", year))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "bot.pem"), pemBlock("CERTIFICATE", pod.Certificate().Raw), 0o600))
	got, code := runCheck(t, path)
	require.Equal(t, exitFailed, code)
	require.Contains(t, got["certificate"].Remedy, "cat cert.pem key.pem")
}

func TestInvalidServerCertificateGetsItsRemedy(t *testing.T) {
	t.Parallel()
	here := net.ParseIP("127.0.0.1")
	own, other, old := certificateTemplate("pod", year), certificateTemplate("pod", year), certificateTemplate("pod", -time.Hour)
	own.IPAddresses, other.DNSNames, old.IPAddresses = []net.IP{here}, []string{"pod.acme.test"}, []net.IP{here}
	for name, c := range map[string]struct {
		shown   x509.Certificate
		trusted bool
		remedy  string
	}{
		"unknown authority": {own, false, "ssl.trustStore.path"},
		"another name":      {other, true, "is for another name"},
		"expired":           {old, true, "has run out"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			public, private := newCertificate(t, c.shown)
			pair, err := tls.X509KeyPair(public, private)
			require.NoError(t, err)
			server := httptest.NewUnstartedServer(nil)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
			server.StartTLS()
			t.Cleanup(server.Close)
			if !c.trusted {
				public, _ = newCertificate(t, own)
			}
			path, dir := writeTestConfig(t, `%s, %s, "ssl": {"trustStore": {"path": "trusted.pem"}}`, configKeys(server), allowEverybody)
			require.NoError(t, os.WriteFile(filepath.Join(dir, "trusted.pem"), public, 0o600))
			got, code := runCheck(t, path)
			require.Equal(t, exitFailed, code)
			require.Contains(t, got["network"].Remedy, c.remedy, got["network"].Detail)
		})
	}
}

func TestServerWithoutTLSSuggestsHTTP(t *testing.T) {
	t.Parallel()
	path, _ := writeTestConfig(t, `%s, %s`, configKeys(newScriptedPod(t, nil, false)), allowEverybody)
	got, _ := runCheck(t, path)
	require.Contains(t, got["network"].Remedy, `whether "scheme" should be "http"`)
}
