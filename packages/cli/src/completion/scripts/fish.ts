export const FISH = `# Completion of tsbx for fish: write this to ~/.config/fish/completions/tsbx.fish.
function __tsbx_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete -- $words[2..-1] $current 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path $current
            case ':directories'
                __fish_complete_directories $current
            case '*'
                string sub --start 2 -- $line
        end
    end
end
complete --command tsbx --no-files --arguments '(__tsbx_complete)'
`;
