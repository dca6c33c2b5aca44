/** Also for the bash 3.2 of macOS, which has neither `compopt` nor `mapfile`. */
export const BASH = `# Completion of tsbx for bash: put  eval "$(tsbx completion bash)"  into ~/.bashrc.
_tsbx() {
  local IFS=$' \\t\\n' rest="\${COMP_LINE:0:COMP_POINT}" i n=-1 word line value strip other
  local -a words
  # Bash splits words at = and : too; what no blank is between belongs together.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if ((n < 0)) || [[ $rest == [[:blank:]]* ]]; then
      rest=\${rest#"\${rest%%[![:blank:]]*}"}
      ((n += 1))
      words[n]=
    fi
    ((i < COMP_CWORD)) || word=$rest
    words[n]+=$word
    rest=\${rest#"$word"}
  done
  # What is before the last of these stays on the line.
  word=\${words[n]} strip=
  if [[ $word != *[\\"\\']* ]]; then
    [[ $COMP_WORDBREAKS == *=* && $word == *=* ]] && strip=\${word%"\${word##*=}"}
    [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && other=\${word%"\${word##*:}"} &&
      ((\${#other} > \${#strip})) && strip=$other
  fi
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files | :directories)
        compopt -o filenames +o nospace 2>/dev/null
        [[ $line == :files ]] && other=-f || other=-d
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen $other -- "\${word#"$strip"}")
        ;;
      *)
        value=\${line%%$'\\t'*} value=\${value:1} value=\${value#"$strip"}
        [[ $value == *[!A-Za-z0-9_@%+=:,./~-]* ]] && printf -v value %q "$value"
        [[ $line == =* ]] && value+=' '
        COMPREPLY+=("$value")
        ;;
    esac
  done < <("\${words[0]}" __complete --quoted -- "\${words[@]:1}" 2>/dev/null)
}
complete -o nospace -F _tsbx tsbx
`;
