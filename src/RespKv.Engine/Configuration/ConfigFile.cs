using System.Text;
using RespKv.Engine.Commands;
using RespKv.Storage.Files;

namespace RespKv.Engine.Configuration;

/// <summary>Reads a configuration file through the file-system door: at start, and before CONFIG REWRITE.</summary>
public static class ConfigFile
{
    /// <summary>Nobody writes more by hand; a path to something else (a dump, a device) ends here instead of in memory.</summary>
    public const int BytesMax = 1 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="IOException">The file cannot be read, is larger than <see cref="BytesMax"/>, or is not UTF-8.</exception>
    public static string ReadText(IFileSystem files, string path)
    {
        // The length is not asked for: files of /proc say 0.
        var buffer = new byte[BytesMax + 1];
        using IFile file = files.Open(path, FileOpenKind.Read);
        int length = 0;
        int count;
        do
        {
            count = file.Read(buffer.AsSpan(length), length);
            length += count;
        }
        while (count > 0 && length < buffer.Length);

        if (length > BytesMax)
        {
            throw new IOException($"{path} is larger than {BytesMax} bytes");
        }

        try
        {
            return StrictUtf8.GetString(buffer, 0, length).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw new IOException($"{path} is not UTF-8 text");
        }
    }

    /// <summary>The regular files that a pattern matches, in ordinal order. Only the name may have wildcards, not its directory.</summary>
    /// <exception cref="IOException">The directory cannot be read, or has wildcards itself.</exception>
    public static IReadOnlyList<string> Find(IFileSystem files, string pattern)
    {
        string directory = Path.GetDirectoryName(pattern) is { Length: > 0 } written ? written : ".";
        if (directory.AsSpan().ContainsAny('*', '?', '['))
        {
            throw new IOException("wildcards are known in the name of a file only, not in those of directories");
        }

        byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(pattern));

        // As in glob(3): a dot in front is matched by a dot only.
        return
        [
            .. files.ListFiles(directory)
                .Where(each => (each[0] != '.' || name[0] == '.') && GlobPattern.Matches(name, Encoding.UTF8.GetBytes(each)))
                .Select(each => Path.Combine(directory, each)),
        ];
    }
}
