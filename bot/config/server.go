package config

import (
	"roombot/bot/config/schema"
	"roombot/symphony"
)

// Server says how a component of Symphony is reached. After Load a component's fields hold the
// global value where the file sets none.
type Server struct {
	Scheme  string      `config:"scheme,default=https,oneof=https|http" doc:"https or http"`
	Host    Host        `config:"host" doc:"name of the host, without scheme and port: acme.symphony.com"`
	Port    int         `config:"port,default=443,min=1,max=65535" doc:"port"`
	Context ContextPath `config:"context" doc:"path before the component's own, for installations behind a gateway"`
	Network
}

// Network holds the settings of the connection to a component: proxy, headers, timeouts.
type Network struct {
	Proxy *Proxy `config:"proxy" doc:"HTTP proxy"`
	// DefaultHeaders are secret, since they may hold tokens.
	DefaultHeaders    map[string]Secret `config:"defaultHeaders" doc:"headers sent with every request; a component's own take the place of the global ones"`
	ConnectionTimeout int               `config:"connectionTimeout,min=1,max=86400000" doc:"milliseconds to connect"`
	ReadTimeout       int               `config:"readTimeout,min=1,max=86400000" doc:"milliseconds to wait for an answer; except for the feed's long poll, never longer than roombot.httpTimeout"`

	ConnectionPoolMax      int `config:"connectionPoolMax,unused,min=1" doc:"connections in all (Java BDK)"`
	ConnectionPoolPerRoute int `config:"connectionPoolPerRoute,unused,min=1" doc:"connections to one host (Java BDK)"`
}

// Defaults are those of the client.
func (Network) Defaults() map[string]any {
	return map[string]any{
		"connectionTimeout": symphony.DefaultConnectTimeout.Milliseconds(),
		"readTimeout":       symphony.DefaultFeed().ReadTimeout.Milliseconds(),
	}
}

// ComponentServer holds the settings of one component. Keys that it does not set have the global
// value.
type ComponentServer struct {
	schema.Keys
	Server
}

// Agent is the agent: one host, or several to choose from.
type Agent struct {
	ComponentServer
	LoadBalancing *LoadBalancing `config:"loadBalancing" doc:"several agents instead of one host"`
}

// LoadBalancing lists several agents and says how one is chosen.
type LoadBalancing struct {
	Mode       string      `config:"mode,required,oneof=random|roundRobin|external" doc:"how an agent is chosen; external asks the first node's /v1/info for the agent to use, which must be another node or a host in the domain of the first (its name without the first label)" eg:"\"roundRobin\""`
	Stickiness bool        `config:"stickiness,default=true" doc:"stay with the agent chosen first"`
	Nodes      []AgentNode `config:"nodes,required" doc:"the agents" eg:"[{\"host\": \"agent1.acme.com\"}]"`
}

// AgentNode is one of several agents. It has the vendor's defaults and not the global values.
type AgentNode struct {
	Scheme  string      `config:"scheme,default=https,oneof=https|http" doc:"https or http"`
	Host    Host        `config:"host,required" doc:"name of the host" eg:"\"agent1.acme.com\""`
	Port    int         `config:"port,default=443,min=1,max=65535" doc:"port"`
	Context ContextPath `config:"context" doc:"path before /agent"`
}

// Proxy is an HTTP proxy.
type Proxy struct {
	Host     Host   `config:"host,required" doc:"the proxy's host" eg:"\"proxy.acme.com\""`
	Port     int    `config:"port,required,min=1,max=65535" doc:"the proxy's port" eg:"8080"`
	Username string `config:"username" doc:"for basic authentication"`
	Password Secret `config:"password" doc:"for basic authentication"`
}

// SSL names certificate authorities that the bot trusts besides the system's.
type SSL struct {
	schema.Keys
	TrustStore Certificate `config:"trustStore" doc:"certificate authorities in PEM, added to the system's"`
}

// RenamedTo gives the present place of a key that the vendor has renamed.
func (SSL) RenamedTo(key string) string {
	return map[string]string{
		"trustStorePath":     "trustStore.path",
		"trustStorePassword": "trustStore.password",
	}[key]
}
