#pragma once
#include "cli/argument_parser.h"
#include "cli/credentials.h"

namespace kms::cli {

// --new-passphrase-fd, --new-passphrase-file and --generate-keyfile. `options` outlives the parse.
void add_new_credential_options(ArgumentParser& parser, NewCredentialOptions& options);

}  // namespace kms::cli
