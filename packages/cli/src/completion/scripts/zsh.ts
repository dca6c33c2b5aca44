export const ZSH = `#compdef tsbx
# Completion of tsbx for zsh: put  eval "$(tsbx completion zsh)"  into ~/.zshrc, behind compinit, or write this to a
# file _tsbx in a directory of $fpath.
_tsbx() {
  local line value about native
  local -a ended open before
  before=("\${(@Q)words[2,CURRENT-1]}")
  for line in "\${(@f)$("\${(Q)words[1]}" __complete -- "\${before[@]}" "\${(Q)PREFIX}" 2>/dev/null)}"; do
    case $line in
      :files) native=_files ;;
      :directories) native="_files -/" ;;
      [=+]*)
        value=\${\${line%%$'\\t'*}#?} about=
        [[ $line == *$'\\t'* ]] && about=:\${line#*$'\\t'}
        value=\${value//:/\\\\:}$about
        if [[ $line[1] == '=' ]]; then ended+=("$value"); else open+=("$value"); fi
        ;;
    esac
  done
  local result=1
  (( $#ended )) && _describe -t tsbx tsbx ended && result=0
  (( $#open )) && _describe -t tsbx-open tsbx open -S '' && result=0
  [[ -n $native ]] && \${=native} && result=0
  return result
}
if [[ $funcstack[1] == _tsbx ]]; then _tsbx "$@"; else compdef _tsbx tsbx; fi
`;
