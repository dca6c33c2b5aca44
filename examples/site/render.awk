BEGIN { print "<!doctype html><meta charset=utf-8><link rel=stylesheet href=style.css>" }
/^# / { print "<h1>" substr($0, 3) "</h1>"; next }
/^- / { print "<li>" substr($0, 3) "</li>"; next }
NF { print "<p>" $0 "</p>" }
