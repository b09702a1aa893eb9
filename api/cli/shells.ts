/** What each shell reads to complete `weft`: it asks the hidden command `__complete`, which knows the commands. */
export const completionScripts: Readonly<Record<'bash' | 'zsh' | 'fish', string>> = {
  // Bash splits words at = and replaces only what stands behind it: the pieces are joined, and the answers cut.
  bash: `# weft completion bash: source <(weft completion bash)
_weft() {
    local typed=() word joined= line current
    for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if (( \${#typed[@]} )) && [[ $word == = || -n $joined ]]; then
            typed[-1]+=$word
            [[ $word == = ]] && joined=yes || joined=
        else
            typed+=("$word")
        fi
    done
    current=\${typed[-1]}
    COMPREPLY=()
    while IFS=$'\\t' read -r line _; do
        if [[ $line == :files ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "\${current#*=}")
        elif [[ $current == *=* ]]; then
            COMPREPLY+=("\${line#*=}")
        else
            COMPREPLY+=("$line")
        fi
    done < <("\${COMP_WORDS[0]}" __complete -- "\${typed[@]}" 2>/dev/null)
}
complete -F _weft weft
`,
  zsh: `#compdef weft
# weft completion zsh: source <(weft completion zsh), after compinit
_weft() {
    local line
    local -a items
    for line in "\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
        if [[ $line == :files ]]; then
            _files
        elif [[ -n $line ]]; then
            items+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
        fi
    done
    (( \${#items} )) && _describe weft items
}
if [[ \${funcstack[1]} == _weft ]]; then _weft "$@"; else compdef _weft weft; fi
`,
  fish: `# weft completion fish: weft completion fish | source
function __weft_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in ($program __complete -- $words "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end
complete -c weft -f -a '(__weft_complete)'
`,
};

export const shells = Object.keys(completionScripts) as readonly (keyof typeof completionScripts)[];
export type Shell = (typeof shells)[number];
