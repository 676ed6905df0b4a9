#pragma once
// Which characters the tags of keys and principals may have, as AWS documents them.
#include <string_view>

namespace kms {

// Whether the key or the value of a tag may be spelled so: letters, digits and blanks of any language, and the
// characters _ . : / = + - @. Lengths are another matter.
bool is_tag_text(std::string_view text);

}  // namespace kms
