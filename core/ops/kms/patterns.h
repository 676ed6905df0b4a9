#pragma once
// The patterns of the API model, each with a function that decides it: no regular expressions at run time.
#include "core/service/field.h"

namespace kms {

extern const Pattern kPolicyTextPattern;
extern const Pattern kPolicyNamePattern;
extern const Pattern kGrantNamePattern;
extern const Pattern kPrincipalPattern;
extern const Pattern kServicePrincipalPattern;
extern const Pattern kSourceArnPattern;
extern const Pattern kRegionPattern;
// Of a member that names a Region which is there already: require_region_name() (regions.h) decides the rest.
extern const Pattern kKnownRegionPattern;
extern const Pattern kMaterialIdPattern;
extern const Pattern kMaterialDescriptionPattern;
extern const Pattern kMarkerPattern;
extern const Pattern kXksKeyIdPattern;
extern const Pattern kClusterIdPattern;
extern const Pattern kProxyEndpointPattern;
extern const Pattern kProxyPathPattern;
extern const Pattern kProxyAccessKeyPattern;
extern const Pattern kProxySecretPattern;
extern const Pattern kVpcServicePattern;
extern const Pattern kAccountPattern;

}  // namespace kms
