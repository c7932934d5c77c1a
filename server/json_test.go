package server

import "testing"

// The wanted strings are what Python's json.dumps prints.
func TestSuccessBody(t *testing.T) {
	tests := []struct {
		reqID param
		want  string
	}{
		{param{}, `null`},
		{param{"", true}, `""`},
		{param{"7", true}, `"7"`},
		{param{`a"b\c/d`, true}, `"a\"b\\c/d"`},
		{param{"\b\f\n\r\t", true}, `"\b\f\n\r\t"`},
		{param{"\x00\x1f\x7f", true}, `"\u0000\u001f\u007f"`},
		{param{"é€", true}, `"\u00e9\u20ac"`},
		{param{"\uffff\U00010000\U0001F600", true}, `"\uffff\ud800\udc00\ud83d\ude00"`},
		{param{"\u2028</script>", true}, `"\u2028</script>"`},
		{param{"\ufffd", true}, `"\ufffd"`},
	}
	for _, tt := range tests {
		want := `{"req_id":` + tt.want + `,"status":"OK"}` + "\n"
		if got := string(successBody(tt.reqID)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
