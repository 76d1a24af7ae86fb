package sandbox_test

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/podtest"
)

func TestACertificateOfTheAccountOpensASession(t *testing.T) {
	b := setup(t)
	for name, status := range map[string]int{"roombot": http.StatusOK, "alice": http.StatusUnauthorized, "nobody": http.StatusUnauthorized} {
		server := httptest.NewUnstartedServer(b.Pod.Handler())
		server.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert} //nolint:gosec // a test
		server.StartTLS()
		client := server.Client()
		client.Transport.(*http.Transport).TLSClientConfig.Certificates = []tls.Certificate{certificate(t, name)}
		for _, path := range []string{"/sessionauth/v1/authenticate", "/keyauth/v1/authenticate"} {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+path, nil)
			require.NoError(t, err)
			response, err := client.Do(request)
			require.NoError(t, err)
			require.Equal(t, status, response.StatusCode, name)
			require.NoError(t, response.Body.Close())
		}
		client.CloseIdleConnections()
		server.Close()
	}
}

func certificate(t *testing.T, name string) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &podtest.BotKey().PublicKey, podtest.BotKey())
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: podtest.BotKey()}
}
