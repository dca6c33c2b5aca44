#!/bin/sh
# Scans file systems as BuildKit wants it of an SBOM generator: each of the named directories becomes one in-toto
# statement about an SPDX document. It lists files, and gives the same for the same files.
set -eu

scan() {
  find "$1" -xdev -type f -exec sha1sum {} + | sort -k 2 | awk -v root="$1" -v name="$2" -v note="${BUILDKIT_SCAN_NOTE:-}" '
    function text(value) { gsub(/\\/, "\\\\", value); gsub(/"/, "\\\"", value); return "\"" value "\"" }
    {
      file = substr($0, 43 + length(root))
      files = files sprintf("%s{\"SPDXID\":\"SPDXRef-File-%d\",\"fileName\":%s,", NR > 1 ? "," : "", NR, text(file))
      files = files sprintf("\"checksums\":[{\"algorithm\":\"SHA1\",\"checksumValue\":\"%s\"}]}", $1)
    }
    END {
      printf "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\":\"https://spdx.dev/Document\",\"predicate\":{"
      printf "\"spdxVersion\":\"SPDX-2.3\",\"dataLicense\":\"CC0-1.0\",\"SPDXID\":\"SPDXRef-DOCUMENT\",\"name\":%s,", text(name)
      printf "\"documentNamespace\":\"https://bed.example/%s\",", name
      printf "\"creationInfo\":{\"created\":\"2017-07-14T02:40:00Z\",\"creators\":[\"Tool: bed-scanner-1\"]},"
      if (note != "") printf "\"comment\":%s,", text(note)
      printf "\"packages\":[{\"SPDXID\":\"SPDXRef-Package\",\"name\":%s,\"downloadLocation\":\"NOASSERTION\",\"filesAnalyzed\":false}],", text(name)
      printf "\"relationships\":[{\"spdxElementId\":\"SPDXRef-DOCUMENT\",\"relatedSpdxElement\":\"SPDXRef-Package\",\"relationshipType\":\"DESCRIBES\"}],"
      printf "\"files\":[%s]}}\n", files
    }' > "$BUILDKIT_SCAN_DESTINATION/$2.spdx.json"
}

scan "$BUILDKIT_SCAN_SOURCE" "$(basename "$BUILDKIT_SCAN_SOURCE")"
for extra in "${BUILDKIT_SCAN_SOURCE_EXTRAS:-/nowhere}"/*; do
  if [ -d "$extra" ]; then scan "$extra" "$(basename "$extra")"; fi
done
