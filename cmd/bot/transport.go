package main

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"roombot/bot/config"
	"roombot/symphony"
)

// newTransports makes the transport of each component: proxy, timeouts, headers, and the
// authorities trusted besides the system's.
func newTransports(c *config.Config) (map[symphony.Component]symphony.Transport, error) {
	trust, err := readTrustStore(c.SSL.TrustStore)
	if err != nil {
		return nil, err
	}
	ways := map[symphony.Component]symphony.Transport{}
	for component, server := range map[symphony.Component]config.Server{
		symphony.PodHost:         c.Pod.Server,
		symphony.LoginHost:       c.Pod.Server,
		symphony.AgentHost:       c.Agent.Server,
		symphony.KeyManagerHost:  c.KeyManager.Server,
		symphony.SessionAuthHost: c.SessionAuth.Server,
		symphony.KeyAuthHost:     c.KeyAuth.Server,
	} {
		ways[component] = symphony.Transport{
			Proxy:          proxyURL(server.Proxy),
			NoProxy:        os.Getenv("NO_PROXY"),
			Trust:          trust,
			ConnectTimeout: time.Duration(server.ConnectionTimeout) * time.Millisecond,
			Timeout:        time.Duration(server.ReadTimeout) * time.Millisecond,
			Headers:        httpHeaders(server.DefaultHeaders),
		}
	}
	return ways, nil
}

func httpHeaders(configured map[string]config.Secret) http.Header {
	h := http.Header{}
	for name, value := range configured {
		h.Set(name, value.Reveal())
	}
	return h
}

func proxyURL(p *config.Proxy) *url.URL {
	if p == nil {
		return nil
	}
	u := &url.URL{Scheme: "http", Host: net.JoinHostPort(string(p.Host), strconv.Itoa(p.Port))}
	if p.Username != "" {
		u.User = url.UserPassword(p.Username, p.Password.Reveal())
	}
	return u
}

func readTrustStore(bundle config.Certificate) ([]byte, error) {
	if content := bundle.Content.Reveal(); content != "" {
		return []byte(content), nil
	}
	if bundle.Path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(string(bundle.Path))
	if err != nil {
		return nil, fmt.Errorf("ssl.trustStore: %w", err)
	}
	return pem, nil
}
