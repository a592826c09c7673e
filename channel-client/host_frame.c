/* SPDX-License-Identifier: Apache-2.0 */
#include "host_frame.h"

#include <freerdp/primary.h>
#include <freerdp/update.h>

#include "host_compat.h"

/* [MS-RDPBCGR] 2.2.1.3.2: no desktop is larger, each way. */
#define PIXELS_MAX 32766

/* Red, green, blue. */
#define BACKGROUND 0x22303Cu
#define SHADOW     0x1A252Fu
#define BODY       0xE9EDF0u
#define BAND       0x3C7AA8u
#define CHIP       0xD8B24Cu
#define CONTACT    0x9C7A2Cu
#define TEXT       0xB4C0C9u

/* A card is 85.60 mm x 53.98 mm [ISO/IEC 7810 ID-1]; parts are placed in tenths of a millimetre. */
#define CARD_WIDTH  856
#define CARD_HEIGHT 540

struct part {
    INT32 left;
    INT32 top;
    INT32 width;
    INT32 height;
    UINT32 colour;
};

/* Cut corners are three rectangles, each a little less high and a little wider. The chip stands
 * where ISO/IEC 7816-2 has it. */
static const struct part parts[] = {
    { 36, 20, 808, 548, SHADOW },  { 20, 36, 840, 516, SHADOW }, { 24, 0, 808, 540, BODY },
    { 8, 8, 840, 524, BODY },      { 0, 24, 856, 492, BODY },    { 0, 60, 856, 72, BAND },
    { 100, 196, 124, 116, CHIP },  { 100, 232, 44, 4, CONTACT }, { 100, 272, 44, 4, CONTACT },
    { 180, 232, 44, 4, CONTACT },  { 180, 272, 44, 4, CONTACT }, { 144, 196, 4, 116, CONTACT },
    { 180, 196, 4, 116, CONTACT }, { 100, 384, 420, 24, TEXT },  { 100, 436, 280, 24, TEXT },
    { 640, 384, 116, 76, TEXT },
};

/* As the order carries it, low octet first. [MS-RDPEGDI] 2.2.2.2.1.1.1.8 */
static UINT32 wire_colour(UINT32 colour, UINT32 depth)
{
    UINT32 red = (colour >> 16) & 0xFF;
    UINT32 green = (colour >> 8) & 0xFF;
    UINT32 blue = colour & 0xFF;
    if (depth == 16)
        return (red >> 3) << 11 | (green >> 2) << 5 | blue >> 3;
    if (depth == 15)
        return (red >> 3) << 10 | (green >> 3) << 5 | blue >> 3;
    return blue << 16 | green << 8 | red;
}

static void draw(rdpContext *context, const struct part *part)
{
    UINT32 depth = freerdp_settings_get_uint32(context->settings, FreeRDP_ColorDepth);
    const OPAQUE_RECT_ORDER order = { part->left, part->top, part->width, part->height,
                                      wire_colour(part->colour, depth) };
    if (order.nWidth > 0 && order.nHeight > 0)
        context->update->primary->OpaqueRect(context, &order);
}

static INT32 min_of(INT32 a, INT32 b)
{
    return a < b ? a : b;
}

static INT32 pixels(UINT32 size)
{
    return size < PIXELS_MAX ? (INT32)size : PIXELS_MAX;
}

void host_frame_draw(rdpContext *context)
{
    const rdpSettings *settings = context->settings;
    INT32 width = pixels(freerdp_settings_get_uint32(settings, FreeRDP_DesktopWidth));
    INT32 height = pixels(freerdp_settings_get_uint32(settings, FreeRDP_DesktopHeight));
    const struct part all = { 0, 0, width, height, BACKGROUND };
    /* [MS-RDPBCGR] 2.2.7.1.3: this index stands for PatBlt and OpaqueRect. */
    if (!host_compat_has_order(settings, NEG_PATBLT_INDEX))
        return;
    /* Two fifths of the window, in pixels. */
    INT32 card = min_of(width * 2 / 5, height * 2 / 5 * CARD_WIDTH / CARD_HEIGHT);
    INT32 left = (width - card) / 2;
    INT32 top = (height - card * CARD_HEIGHT / CARD_WIDTH) / 2;
    context->update->BeginPaint(context);
    draw(context, &all);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct part at = parts[i];
        const struct part scaled = { left + at.left * card / CARD_WIDTH,
                                     top + at.top * card / CARD_WIDTH, at.width * card / CARD_WIDTH,
                                     at.height * card / CARD_WIDTH, at.colour };
        draw(context, &scaled);
    }
    context->update->EndPaint(context);
}
