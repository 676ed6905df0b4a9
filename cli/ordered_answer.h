#pragma once
// The order in which the members of an answer are shown and asked for by --query.
#include <vector>

#include "core/base/json.h"
#include "core/base/ordered_json.h"
#include "core/service/field.h"

namespace kms::cli {

// An answer as it is shown: the members that an operation declares come in the order of their declaration, which for
// those of KMS is that of AWS, in structures and lists as well; others behind them, by name. What is a time by its type
// is a text (time_format.h), a blob base64. Takes the texts out of `answer`, and wipes what it leaves.
OrderedJson ordered_answer(Json answer, const std::vector<Field>& members);

}  // namespace kms::cli
