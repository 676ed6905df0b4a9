#pragma once
// The shorthand of the aws command line for maps and structures: what it accepts, and what it makes of it.
//   pairs = pair *("," pair)
//   pair  = name ("=" / "@=") [value]                    name: letters, digits and - _ . # / :
//   value = list / map / item ["," items]                a=b,c is {a: [b, c]}; a=b,c=d is {a: b, c: d}
//   list  = "[" [element *("," element)] "]"             element: list / map / item
//   map   = "{" [name ("=" / "@=") element *("," name ("=" / "@=") element)] "}"
//   item  = 'quoted' / "quoted" / plain
// In quotes \ stands before a quote or another \; in plain text before a comma, and plain text holds no quotes. Blanks
// around = and , and behind plain text do not count. Behind @= an item that names a file stands for its content.
//
// Where aws drops text without a word, as in a=b,c\,d=e, or takes the last of two members of one name in a map, this is
// refused.
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace kms::cli {

// The content of the file that an item behind @= names; none when it names no file.
using NamedFile = std::function<std::optional<Json>(const std::string& item)>;

// An object of texts, lists and objects. Throws kUsage, which begins with `option` and says what was expected, and
// where; it quotes one character of `text` at most. Whatever `named_file` throws passes.
Json parse_shorthand(std::string_view text, std::string_view option, const NamedFile& named_file);

}  // namespace kms::cli
