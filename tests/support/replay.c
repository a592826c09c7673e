/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Octets; no message is this long. */
#define INPUT_MAX (1L << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned inputs;

/* The memory is exactly as long as the input, so that AddressSanitizer sees a read one past it. */
static uint8_t *read_whole(FILE *file, size_t *size)
{
    long length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    uint8_t *data;

    if (length < 0 || length > INPUT_MAX)
        return NULL;
    rewind(file);
    data = malloc((size_t)length);
    *size = data == NULL ? 0 : fread(data, 1, (size_t)length, file);
    return data;
}

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0;

    if (file != NULL) {
        data = read_whole(file, &size);
        fclose(file);
    }
    if (data == NULL) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return 1;
    }
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    inputs++;
    return 0;
}

static int replay_folder(const char *path)
{
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    int failures = count < 0;
    char inner[4096];

    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
            failures += replay_file(inner);
        }
        free(entries[i]);
    }
    free(entries);
    return failures;
}

int main(int argc, char **argv)
{
    struct stat what;
    int failures = 0;

    for (int i = 1; i < argc; i++) {
        if (stat(argv[i], &what) != 0) {
            perror(argv[i]);
            failures++;
            continue;
        }
        failures += S_ISDIR(what.st_mode) ? replay_folder(argv[i]) : replay_file(argv[i]);
    }
    printf("%u inputs replayed\n", inputs);
    if (inputs == 0 || failures > 0) {
        printf("0 passed, 1 failed\n");
        return 1;
    }
    printf("1 passed, 0 failed\n");
    return 0;
}
