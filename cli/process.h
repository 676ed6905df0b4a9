#pragma once
// What the program changes of its process for the sake of secrets, and how another program starts without it.
#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/file.h"

namespace kms::cli {

// No core dumps, no tracing by the same user, private files, no privileges to be gained by this process or what it
// starts, no file of ours on fd 0 to 2, no death by SIGPIPE. A standard stream that was closed fails with EBADF when it
// is used. Once, first of all.
void harden_process();

// Dies by SIGPIPE, as a filter whose reader went away: unless whoever started this asked not to be, who wants an error
// then. Returns in that case.
void end_by_sigpipe();

// A variable of the environment; empty where it is not set. Before any thread is started.
std::string environment(const char* name);

// Those that are set and begin so, sorted.
std::vector<std::string> environment_names(std::string_view prefix);

// Of a file, for whoever starts in another directory.
std::string absolute_path(const std::string& path);
// For a program that is started from here. Before any thread is started.
void set_environment(const char* name, const std::string& value);

// What the umask of whoever started this leaves of the permissions of a new file.
mode_t under_umask(mode_t mode);

// Becomes another program, found along PATH, with the umask, the limits and the signals of before. Returns only where
// that cannot be: says so on standard error, and gives the status of env(1): 127 for a command that is not there, else
// 126.
int become(const std::vector<std::string>& command);

// Starts this program again, detached from the terminal, from the directory and from the files that are open here, with
// `listening` as an inherited socket (sd_listen_fds(3)). `words` begins with the name of the program. Returns where its
// standard error can be read.
UniqueFd spawn_daemon(const std::vector<std::string>& words, int listening);

}  // namespace kms::cli
