#pragma once
#include "cli/credentials.h"

namespace CLI {
class App;
}

namespace kms::cli {

// --new-passphrase-fd, --new-passphrase-file and --generate-keyfile. `options` outlives the parse.
void add_new_credential_options(CLI::App& app, NewCredentialOptions& options);

}  // namespace kms::cli
