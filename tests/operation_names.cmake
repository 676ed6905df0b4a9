cmake_policy(VERSION 3.25)
# An operation is said once: by its row in core/ops/table.cc. Nobody but its own family (core/ops) spells its name or its
# permission, and nobody asks for the prefix of a permission. Texts for people may name it within a sentence.
file(STRINGS ${ROOT}/core/ops/table.cc rows REGEX "row<[a-z_]+>\\( *\"[A-Za-z]+\"")
set(names ReEncryptFrom ReEncryptTo)
foreach(row IN LISTS rows)
  string(REGEX REPLACE ".*row<[a-z_]+>\\( *\"([A-Za-z]+)\".*" "\\1" name "${row}")
  list(APPEND names ${name})
endforeach()
list(LENGTH names count)
if(count LESS 100)
  message(FATAL_ERROR "the rows of core/ops/table.cc were not found: ${count} names")
endif()
string(REPLACE ";" "|" any "${names}")

# What has names of its own accord.
set(exempt
    /core/model/grant.h                          # the values of AWS's enum GrantOperation
    /core/service/managed_use.cc                 # writes a key policy
    /core/audit/event_names.h                    # names an event of the service itself
    /cli/commands/policy_statement_commands.cc)  # writes key policies
file(GLOB_RECURSE files ${ROOT}/core/*.h ${ROOT}/core/*.cc ${ROOT}/vault/*.h ${ROOT}/vault/*.cc ${ROOT}/formats/*.h
     ${ROOT}/formats/*.cc ${ROOT}/cli/*.h ${ROOT}/cli/*.cc)
set(looked_at 0)
foreach(file IN LISTS files)
  string(REPLACE "${ROOT}" "" short ${file})
  if(short MATCHES "^/core/ops/" OR short IN_LIST exempt)
    continue()
  endif()
  math(EXPR looked_at "${looked_at} + 1")
  file(STRINGS ${file} found REGEX "\"(kms:|kmsctl:|sts:|Kmsctl\\.|TrentService\\.)?(${any})[*]?\"")
  foreach(line IN LISTS found)
    message(SEND_ERROR "${short} spells the name of an operation: ${line}")
  endforeach()
  file(STRINGS ${file} found REGEX "starts_with\\(\"(kms|kmsctl|sts):")
  foreach(line IN LISTS found)
    message(SEND_ERROR "${short} asks for the prefix of a permission: ${line}")
  endforeach()
endforeach()
if(looked_at LESS 200)
  message(FATAL_ERROR "only ${looked_at} files were found")
endif()
