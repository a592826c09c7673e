/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static const char usage[] =
    "Usage: rdpesc decode --call NAME|CODE [OPTION]... [FILE]\n"
    "       rdpesc decode --return NAME|CODE [OPTION]... [FILE]\n"
    "       rdpesc decode --layer pdu [--return NAME|CODE] [OPTION]... [FILE]\n"
    "       rdpesc encode (the same) [FILE]\n"
    "       rdpesc messages\n"
    "\n"
    "decode shows the octets of a smart card message, [MS-RDPESC], as text or JSON; encode makes the\n"
    "octets from that JSON; messages describes every message. FILE is a file or - (the default).\n"
    "decode takes hex digits, where blanks and lines that begin with # do not count, or the octets\n"
    "themselves.\n"
    "\n"
    "  --call NAME|CODE    the call: a name without prefix in any case (connectw) or a control code\n"
    "                      (0x000900b0)\n"
    "  --return NAME|CODE  the return of that call\n"
    "  --layer LAYER       ndr: the object alone; rpce: with both RPCE headers (the default);\n"
    "                      pdu: a whole RDPDR packet, which says itself what it is, but for a\n"
    "                      completion: that needs --return\n"
    "  --json              decode: JSON instead of text\n"
    "  --show-secrets      decode: show what may hold a PIN or a key (APDUs, control buffers, cache\n"
    "                      items) and not only its length; encode needs it\n"
    "  --names             decode: in text, what a number means behind it (SCARD_SHARE_SHARED)\n"
    "  --binary            decode: the input is octets in any case; encode: write octets, not hex\n"
    "  --help, --version   print this, or the version\n"
    "\n"
    "Exit status: 0; 1 for malformed input, with one line on standard error that says what is wrong\n"
    "and where (malformed: STATUS at offset N in FIELD); 2 for wrong usage.\n";

enum option_code {
    OPTION_CALL = 1000,
    OPTION_RETURN,
    OPTION_LAYER,
    OPTION_JSON,
    OPTION_SHOW_SECRETS,
    OPTION_BINARY,
    OPTION_NAMES,
    OPTION_HELP,
    OPTION_VERSION
};

static const struct option long_options[] = {
    { "call", required_argument, NULL, OPTION_CALL },
    { "return", required_argument, NULL, OPTION_RETURN },
    { "layer", required_argument, NULL, OPTION_LAYER },
    { "json", no_argument, NULL, OPTION_JSON },
    { "show-secrets", no_argument, NULL, OPTION_SHOW_SECRETS },
    { "names", no_argument, NULL, OPTION_NAMES },
    { "binary", no_argument, NULL, OPTION_BINARY },
    { "help", no_argument, NULL, OPTION_HELP },
    { "version", no_argument, NULL, OPTION_VERSION },
    { NULL, 0, NULL, 0 },
};

static bool wrong(const char *what, const char *value)
{
    (void)fprintf(stderr, "rdpesc: %s%s%s; see rdpesc --help\n", what, value ? ": " : "",
                  value ? value : "");
    return false;
}

static const struct rdpesc_call_info *info_by_code(const char *text, int base)
{
    char *end;
    unsigned long code = strtoul(text, &end, base);

    return end != text && !*end && code <= UINT32_MAX ? rdpesc_call_by_code((uint32_t)code) : NULL;
}

static bool take_info(struct tool_options *options, const char *text, bool is_return)
{
    if (options->info)
        return wrong("one of --call and --return, once", NULL);
    options->is_return = is_return;
    options->info = rdpesc_call_by_name(text);
    if (!options->info)
        options->info = info_by_code(text, 0);
    if (!options->info) /* as in the specification's tables: 000900B0 */
        options->info = info_by_code(text, 16);
    return options->info || wrong("no such call", text);
}

static bool take_layer(struct tool_options *options, const char *text)
{
    if (strcmp(text, "ndr") == 0)
        options->layer = TOOL_NDR;
    else if (strcmp(text, "rpce") == 0)
        options->layer = TOOL_RPCE;
    else if (strcmp(text, "pdu") == 0)
        options->layer = TOOL_PDU;
    else
        return wrong("--layer is ndr, rpce or pdu, not", text);
    return true;
}

static bool take(struct tool_options *options, int code)
{
    switch (code) {
    case OPTION_CALL: return take_info(options, optarg, false);
    case OPTION_RETURN: return take_info(options, optarg, true);
    case OPTION_LAYER: return take_layer(options, optarg);
    case OPTION_JSON: options->json = true; return true;
    case OPTION_SHOW_SECRETS: options->secrets = true; return true;
    case OPTION_NAMES: options->names = true; return true;
    case OPTION_BINARY: options->binary = true; return true;
    default: return wrong("unknown or incomplete option", NULL);
    }
}

/* What remains of the arguments: the command and its file. */
static bool take_operands(struct tool_options *options, int argc, char **argv)
{
    if (optind == argc)
        return wrong("a command is needed: decode, encode or messages", NULL);
    if (argc - optind > 2)
        return wrong("one file at a time, not also", argv[optind + 2]);
    options->file = argv[optind + 1];
    return true;
}

static enum tool_exit run(const struct tool_options *options, const char *command)
{
    bool decode = strcmp(command, "decode") == 0;

    if (strcmp(command, "messages") == 0)
        return tool_messages();
    if (!decode && strcmp(command, "encode") != 0)
        return wrong("no such command", command) ? TOOL_OK : TOOL_USAGE;
    if (options->layer != TOOL_PDU && !options->info)
        return wrong("--call NAME or --return NAME is needed", NULL) ? TOOL_OK : TOOL_USAGE;
    if (options->layer == TOOL_PDU && options->info && !options->is_return)
        return wrong("a packet says itself which call it holds: leave --call out", NULL)
                   ? TOOL_OK
                   : TOOL_USAGE;
    return decode ? tool_decode(options) : tool_encode(options);
}

int main(int argc, char **argv)
{
    struct tool_options options = { .layer = TOOL_RPCE };
    int code;

    opterr = 0;
    while ((code = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (code == OPTION_HELP)
            return fputs(usage, stdout) < 0 ? TOOL_USAGE : TOOL_OK;
        if (code == OPTION_VERSION)
            return printf("rdpesc %s\n", RDPESC_VERSION) < 0 ? TOOL_USAGE : TOOL_OK;
        if (!take(&options, code))
            return TOOL_USAGE;
    }
    if (!take_operands(&options, argc, argv))
        return TOOL_USAGE;
    return (int)run(&options, argv[optind]);
}
