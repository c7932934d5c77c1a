package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// An edit puts text in the place of the source between two positions.
type edit struct {
	from, to token.Pos
	text     string
}

// A change is one fault: what it does, in words, and the edits that do it. It
// is told of the place of its first edit.
type change struct {
	what  string
	edits []edit
}

// swaps are the operators that become others.
var swaps = map[token.Token][]token.Token{
	token.LSS: {token.LEQ, token.GEQ},
	token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ},
	token.GEQ: {token.GTR, token.LSS},
	token.EQL: {token.NEQ},
	token.NEQ: {token.EQL},

	token.LAND: {token.LOR},
	token.LOR:  {token.LAND},

	token.ADD: {token.SUB},
	token.SUB: {token.ADD},
	token.MUL: {token.QUO},
	token.QUO: {token.MUL},
	token.REM: {token.MUL},
	token.SHL: {token.SHR},
	token.SHR: {token.SHL},

	token.ADD_ASSIGN: {token.SUB_ASSIGN},
	token.SUB_ASSIGN: {token.ADD_ASSIGN},
	token.INC:        {token.DEC},
	token.DEC:        {token.INC},
}

// changesOf lists the faults that can be made at a node itself, apart from
// what is below it.
func changesOf(n ast.Node) []change {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return swap(n.Op, n.OpPos)
	case *ast.AssignStmt:
		changes := swap(n.Tok, n.TokPos)
		if n.Tok != token.DEFINE {
			changes = append(changes, removed("assignment", n))
		}
		return changes
	case *ast.IncDecStmt:
		return append(swap(n.Tok, n.TokPos), removed("count", n))
	case *ast.UnaryExpr:
		if n.Op == token.NOT || n.Op == token.SUB {
			return []change{{n.Op.String() + " is dropped", []edit{{n.OpPos, n.X.Pos(), ""}}}}
		}
	case *ast.BasicLit:
		return literal(n)
	case *ast.CallExpr:
		return append(extremes(n), instants(n)...)
	case *ast.ExprStmt:
		if call, ok := n.X.(*ast.CallExpr); ok && lockName(call) == "" {
			return []change{removed("call", n)}
		}
	case *ast.DeferStmt:
		if lockName(n.Call) == "" {
			return []change{removed("deferred call", n)}
		}
	case *ast.IfStmt:
		return taken("if", n.Cond)
	case *ast.SwitchStmt:
		return cases(n)
	case *ast.FuncDecl:
		return locks(n.Body)
	}
	return nil
}

func swap(op token.Token, at token.Pos) []change {
	var changes []change
	for _, other := range swaps[op] {
		end := at + token.Pos(len(op.String()))
		changes = append(changes, change{op.String() + " becomes " + other.String(), []edit{{at, end, other.String()}}})
	}
	return changes
}

func removed(what string, n ast.Node) change {
	return change{what + " is removed", []edit{{n.Pos(), n.End(), ""}}}
}

// literal makes a whole number one greater.
func literal(n *ast.BasicLit) []change {
	v, err := strconv.ParseInt(n.Value, 0, 63)
	if n.Kind != token.INT || err != nil {
		return nil
	}
	other := strconv.FormatInt(v+1, 10)
	return []change{{n.Value + " becomes " + other, []edit{{n.Pos(), n.End(), other}}}}
}

// extremes exchanges min and max.
func extremes(n *ast.CallExpr) []change {
	f, ok := n.Fun.(*ast.Ident)
	if !ok {
		return nil
	}
	other, ok := map[string]string{"min": "max", "max": "min"}[f.Name]
	if !ok {
		return nil
	}
	return []change{{f.Name + " becomes " + other, []edit{{f.Pos(), f.End(), other}}}}
}

// instants has of two instants that are the same what it did not have before, or
// the other way round.
func instants(n *ast.CallExpr) []change {
	f, ok := n.Fun.(*ast.SelectorExpr)
	if !ok || len(n.Args) != 1 {
		return nil
	}
	other, ok := map[string]string{"Before": "After", "After": "Before"}[f.Sel.Name]
	if !ok {
		return nil
	}
	return []change{{f.Sel.Name + " becomes not " + other, []edit{{f.Pos(), f.Pos(), "!"}, {f.Sel.Pos(), f.Sel.End(), other}}}}
}

// taken has a condition never hold, or always.
func taken(what string, cond ast.Expr) []change {
	return []change{
		{what + " is never taken", []edit{{cond.Pos(), cond.Pos(), "false && ("}, {cond.End(), cond.End(), ")"}}},
		{what + " is always taken", []edit{{cond.Pos(), cond.Pos(), "true || ("}, {cond.End(), cond.End(), ")"}}},
	}
}

// cases are the conditions of a switch of nothing.
func cases(n *ast.SwitchStmt) []change {
	if n.Tag != nil {
		return nil
	}
	var changes []change
	for _, clause := range n.Body.List {
		for _, cond := range clause.(*ast.CaseClause).List {
			changes = append(changes, taken("case", cond)...)
		}
	}
	return changes
}

// locks drops each lock that is taken in a body, with what releases it.
func locks(body *ast.BlockStmt) []change {
	if body == nil {
		return nil
	}
	byMutex := map[string][]edit{}
	var mutexes []string // in the order of the text
	ast.Inspect(body, func(n ast.Node) bool {
		var call *ast.CallExpr
		switch n := n.(type) {
		case *ast.ExprStmt:
			call, _ = n.X.(*ast.CallExpr)
		case *ast.DeferStmt:
			call = n.Call
		}
		if call == nil {
			return true
		}
		if name := lockName(call); name != "" {
			if byMutex[name] == nil {
				mutexes = append(mutexes, name)
			}
			byMutex[name] = append(byMutex[name], edit{n.Pos(), n.End(), ""})
		}
		return true
	})
	var changes []change
	for _, name := range mutexes {
		changes = append(changes, change{name + unlocked, byMutex[name]})
	}
	return changes
}

// unlocked is what becomes of a lock.
const unlocked = " is not locked"

// lockName is the mutex that a call locks or unlocks; "" if it does neither.
func lockName(call *ast.CallExpr) string {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	switch f.Sel.Name {
	case "Lock", "Unlock", "RLock", "RUnlock":
		return dotted(f.X)
	}
	return ""
}

// dotted is a name such as a.mu; "?" for what is none.
func dotted(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return dotted(x.X) + "." + x.Sel.Name
	}
	return "?"
}
