#pragma once
// Which of a file's encrypted data keys this vault opens, and where.
#include <string>
#include <vector>

#include "cli/session.h"
#include "core/base/secret_bytes.h"
#include "formats/file_stream.h"

namespace kms::cli {

inline constexpr std::string_view kFileService = "file";  // that calls for the principal
inline constexpr std::string_view kKmsProvider = "aws-kms";

// Each data key is tried in the Region of its key's ARN, that of a multi-Region key in every Region of the vault, the
// one that the options name first. With `key_id` no other key is. The first that opens wins; the context is that of the
// file. When none does, the error is the first that says more than "not here, or not for you", else one
// AccessDeniedException that names what was tried.
SecretBytes open_data_key(Session& session, const std::string& key_id,
                          const std::vector<formats::EncryptedDataKey>& keys,
                          const formats::EncryptionContext& context);

}  // namespace kms::cli
