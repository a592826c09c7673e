/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "rdpdr.h"
#include "tool.h"

static const char head[] =
    "# Messages\n"
    "\n"
    "Made from the rows of `protocol/messages.h` and `protocol/rdpdr.h` by `rdpesc messages`; `./dev docs` writes this page anew.\n"
    "Sections are those of [MS-RDPESC]; every number is little-endian, four octets unless the table says otherwise.\n"
    "\n";

static void calls_table(void)
{
    size_t count;
    const struct rdpesc_call_info *calls = rdpesc_calls(&count);

    (void)fputs("## Calls\n\n| code | call | request | return |\n|---|---|---|---|\n", stdout);
    for (size_t i = 0; i < count; i++)
        (void)printf("| `0x%08" PRIX32 "` | %s | %s | %s |\n", calls[i].code, calls[i].name,
                     calls[i].call->name, calls[i].ret->name);
}

static void row_kind(const struct ndr_row *row)
{
    switch (row->kind) {
    case NDR_U32: (void)fputs("number", stdout); break;
    case NDR_FIXED: (void)printf("%" PRIu32 " octets", row->max); break;
    case NDR_BYTES: (void)printf("octets, `%s` of them", row->count_name); break;
    case NDR_STRING: (void)fputs(row->unit == 2 ? "UTF-16 string" : "8-bit string", stdout); break;
    case NDR_STRUCT: (void)printf("%s", row->type->name); break;
    case NDR_POINTER: (void)printf("%s or null", row->type->name); break;
    default: (void)printf("%s, `%s` of them", row->type->name, row->count_name); break;
    }
}

static void row_limit(const struct ndr_row *row)
{
    bool counted = row->kind == NDR_BYTES || row->kind == NDR_ARRAY;

    if (counted || (row->kind == NDR_U32 && row->max != UINT32_MAX))
        (void)printf("%" PRIu32, row->max);
}

static void row_notes(const struct ndr_row *row)
{
    if (row->flags & NDR_SECRET)
        (void)fputs("secret ", stdout);
    if (row->flags & NDR_LENGTH_ONLY)
        (void)fputs("null with a length: a size query's answer", stdout);
}

static void types_tables(void)
{
    size_t count;
    const struct ndr_type *const *types = rdpesc_types(&count);

    (void)fputs("\n## Structures\n", stdout);
    for (size_t i = 0; i < count; i++) {
        const struct ndr_type *type = types[i];

        (void)printf("\n### %s\n\nSection %s; %u octets before what its pointers refer to.\n\n"
                     "| field | kind | at most | notes |\n|---|---|---|---|\n",
                     type->name, type->section, type->wire);
        for (size_t j = 0; j < type->row_count; j++) {
            (void)printf("| `%s` | ", type->rows[j].name);
            row_kind(&type->rows[j]);
            (void)fputs(" | ", stdout);
            row_limit(&type->rows[j]);
            (void)fputs(" | ", stdout);
            row_notes(&type->rows[j]);
            (void)fputs(" |\n", stdout);
        }
    }
}

static void packets_table(void)
{
    (void)fputs("\n## RDPDR packets\n\nSections of [MS-RDPEFS]. Each begins with RDPDR_HEADER.\n\n"
                "| PacketId | packet | section |\n|---|---|---|\n",
                stdout);
#define PACKET(name, id, section) (void)printf("| `0x%04X` | %s | %s |\n", id, #name, section);
    RDPDR_PACKETS(PACKET)
#undef PACKET
}

static void layouts_tables(void)
{
    size_t count;
    const struct rdpdr_layout *const *layouts = rdpdr_layouts(&count);

    (void)fputs("\n## Fixed parts of RDPDR packets\n", stdout);
    for (size_t i = 0; i < count; i++) {
        (void)printf("\n### %s\n\nSection %s.\n\n| field | octets |\n|---|---|\n", layouts[i]->name,
                     layouts[i]->section);
        for (size_t j = 0; j < layouts[i]->row_count; j++)
            (void)printf("| `%s` | %u |\n", layouts[i]->rows[j].name, layouts[i]->rows[j].octets);
    }
}

enum tool_exit tool_messages(void)
{
    (void)fputs(head, stdout);
    calls_table();
    types_tables();
    packets_table();
    layouts_tables();
    return fflush(stdout) == 0 && !ferror(stdout) ? TOOL_OK : TOOL_USAGE;
}
