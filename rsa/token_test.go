package rsa_test

import (
	"fmt"
	"time"

	"roombot/rsa"
)

func ExampleKey_LoginToken() {
	key, err := rsa.Load("rsa/privatekey.pem")
	if err != nil {
		fmt.Println(err)
		return
	}
	token, err := key.LoginToken("room.bot", time.Now())
	fmt.Println(len(token) > 0, err)
	// Output:
	// private key rsa/privatekey.pem does not exist: check the path, or generate a pair
}
