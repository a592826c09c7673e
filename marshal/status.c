/* SPDX-License-Identifier: Apache-2.0 */
#include "ndr.h"

const char *ndr_status_name(enum ndr_status status)
{
    switch (status) {
    case NDR_OK: return "ok";
    case NDR_TRUNCATED: return "truncated";
    case NDR_RANGE: return "out of range";
    case NDR_CONFORMANCE: return "count unlike conformance";
    case NDR_NULL_POINTER: return "null pointer";
    case NDR_OFFSET: return "string offset not 0";
    case NDR_ACTUAL: return "actual above maximum";
    case NDR_TERMINATOR: return "unterminated string";
    case NDR_NO_ARENA: return "no arena left";
    case NDR_NO_SPACE: return "no space left";
    case NDR_DEPTH: return "nested too deep";
    case NDR_HEADER: return "bad header";
    case NDR_UNKNOWN: return "unknown message";
    }
    return "unknown status";
}
