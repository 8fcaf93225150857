package token

import (
	"strconv"
	"time"
)

// celParser reads the Common Expression Language as far as it takes to know what binds to what, and evaluates what it can on the way.
// What it does not read makes the whole broken: then nothing is known.
type celParser struct {
	words  []celWord
	at     int
	now    time.Time
	depth  int
	broken bool
}

// celDeepest bounds what a text can make the parser recurse.
const celDeepest = 50

// take consumes the next word where it is one of these signs.
func (p *celParser) take(signs ...string) (string, bool) {
	if p.at < len(p.words) && p.words[p.at].kind == celSign {
		for _, s := range signs {
			if p.words[p.at].text == s {
				p.at++
				return s, true
			}
		}
	}
	return "", false
}

func (p *celParser) want(sign string) {
	if _, ok := p.take(sign); !ok {
		p.broken = true
	}
}

// expression is a choice, which is not evaluated, or what binds closer.
func (p *celParser) expression() celValue {
	if p.depth++; p.depth > celDeepest {
		p.broken = true
	}
	defer func() { p.depth-- }()
	if p.broken {
		return celValue{}
	}
	v := p.or()
	if _, ok := p.take("?"); ok {
		p.or()
		p.want(":")
		p.expression()
		return celValue{}
	}
	return v
}

func (p *celParser) or() celValue {
	v := p.and()
	for {
		if _, ok := p.take("||"); !ok || p.broken {
			return v
		}
		v = celAnswer(anyOf(v.truth(), p.and().truth()))
	}
}

func (p *celParser) and() celValue {
	v := p.relation()
	for {
		if _, ok := p.take("&&"); !ok || p.broken {
			return v
		}
		v = celAnswer(allOf(v.truth(), p.relation().truth()))
	}
}

func (p *celParser) relation() celValue {
	v := p.sum()
	for {
		operator, ok := p.take("<=", ">=", "==", "!=", "<", ">", "in")
		if !ok || p.broken {
			return v
		}
		v = compared(operator, v, p.sum())
	}
}

// sum is arithmetic, which is not evaluated.
func (p *celParser) sum() celValue {
	v := p.unary()
	for {
		if _, ok := p.take("+", "-", "*", "/", "%"); !ok || p.broken {
			return v
		}
		p.unary()
		v = celValue{}
	}
}

func (p *celParser) unary() celValue {
	not, negative := 0, 0
	for {
		if _, ok := p.take("!"); ok && negative == 0 {
			not++
		} else if _, minus := p.take("-"); minus && not == 0 {
			negative++
		} else if ok || minus {
			p.broken = true
			return celValue{}
		} else {
			break
		}
	}
	v := p.member()
	switch {
	case not > 0 && not%2 == 1:
		return celAnswer(opposite(v.truth()))
	case not > 0:
		return celAnswer(v.truth())
	case negative == 1 && v.kind == celNumber && !v.timed:
		v.n = -v.n
	case negative > 0:
		return celValue{}
	}
	return v
}

// member is a primary with what is selected from it or called on it.
func (p *celParser) member() celValue {
	v := p.primary()
	for !p.broken {
		sign, ok := p.take(".", "(", "[", "{")
		switch {
		case !ok:
			return v
		case sign == ".":
			v = p.selected(v)
		case sign == "(":
			v = called(v, p.list(")"))
		case sign == "[":
			p.list("]")
			v = celValue{}
		case sign == "{":
			p.list("}")
			v = celValue{}
		}
	}
	return v
}

// selected is a field, or the call of a method on what stands before.
func (p *celParser) selected(of celValue) celValue {
	if p.at == len(p.words) || p.words[p.at].kind != celWordName {
		p.broken = true
		return celValue{}
	}
	name := p.words[p.at].text
	p.at++
	if _, ok := p.take("("); ok {
		return p.part(of, name, p.list(")"))
	}
	if of.kind == celName && of.text == "request" && name == "time" {
		return celValue{kind: celMoment, at: p.now, timed: true}
	}
	return celValue{}
}

func (p *celParser) primary() celValue {
	if p.broken || p.at == len(p.words) {
		p.broken = true
		return celValue{}
	}
	w := p.words[p.at]
	p.at++
	switch {
	case w.kind == celWordName:
		return celValue{kind: celName, text: w.text}
	case w.kind == celWordText:
		return celValue{kind: celText, text: w.text}
	case w.kind == celWordNumber:
		n, err := strconv.ParseInt(w.text, 10, 32)
		if err != nil {
			return celValue{} // a fraction, or a number of another kind
		}
		return celValue{kind: celNumber, n: n}
	case w.text == "(":
		v := p.expression()
		p.want(")")
		return v
	case w.text == "[":
		return celValue{kind: celList, items: p.list("]")}
	case w.text == "{":
		p.list("}")
		return celValue{}
	case w.text == ".":
		return p.selected(celValue{})
	}
	p.broken = true
	return celValue{}
}

// list reads the rest of a list up to its end; of a map, too, whose keys and values are told apart by a colon.
func (p *celParser) list(end string) (items []celValue) {
	for !p.broken {
		if _, ok := p.take(end); ok {
			return items
		}
		items = append(items, p.expression())
		if _, ok := p.take(":"); ok && end == "}" {
			p.expression()
		}
		if _, ok := p.take(","); !ok {
			p.want(end)
			return items
		}
	}
	return nil
}

// called is a function of a name: timestamp("2026-08-01T00:00:00Z") is the only one that is evaluated.
func called(of celValue, with []celValue) celValue {
	if of.kind != celName || of.text != "timestamp" || len(with) != 1 || with[0].kind != celText {
		return celValue{}
	}
	at, err := time.Parse(time.RFC3339, with[0].text)
	if err != nil {
		return celValue{}
	}
	return celValue{kind: celMoment, at: at}
}
