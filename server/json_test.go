package server

import "testing"

// The wanted strings are what Python's json.dumps prints.
func TestAppendSuccess(t *testing.T) {
	tests := []struct {
		reqID *string
		want  string
	}{
		{nil, `null`},
		{new(""), `""`},
		{new("7"), `"7"`},
		{new(`a"b\c/d`), `"a\"b\\c/d"`},
		{new("\b\f\n\r\t"), `"\b\f\n\r\t"`},
		{new("\x00\x1f\x7f"), `"\u0000\u001f\u007f"`},
		{new("é€"), `"\u00e9\u20ac"`},
		{new("\uffff\U00010000\U0001F600"), `"\uffff\ud800\udc00\ud83d\ude00"`},
		{new("\u2028</script>"), `"\u2028</script>"`},
		{new("\xff"), `"\ufffd"`},
	}
	for _, tt := range tests {
		want := `{"status": "OK", "req_id": ` + tt.want + `}`
		if got := string(appendSuccess(nil, tt.reqID)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
