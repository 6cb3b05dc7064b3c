using RespKv.Engine.Configuration;
using RespKv.Storage.Files;
using RespKv.TestKit.Files;

namespace RespKv.Engine.Tests.Configuration;

public sealed class ConfigFileTests
{
    private const string Directory = "/etc/respkv";
    private const string FilePath = Directory + "/test.conf";

    private readonly SimulatedFileSystem _files = new();

    public ConfigFileTests() => _files.CreateDirectory(Directory);

    [Fact]
    public void ReadText_ByteOrderMark_IsLeftOut()
    {
        Write(FilePath, "\uFEFFport 1"u8);

        Assert.Equal("port 1", ConfigFile.ReadText(_files, FilePath));
    }

    [Fact]
    public void ReadText_LargerThanTheBound_Throws()
    {
        Write(FilePath, new byte[ConfigFile.BytesMax + 1]);

        var e = Assert.Throws<IOException>(() => ConfigFile.ReadText(_files, FilePath));
        Assert.Contains("larger than", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadText_NotUtf8_Throws()
    {
        Write(FilePath, [0x23, 0xFF]);

        var e = Assert.Throws<IOException>(() => ConfigFile.ReadText(_files, FilePath));
        Assert.Contains("not UTF-8", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Pattern_MatchesFilesInTheirOrderAndNoHiddenOnes()
    {
        foreach (string name in new[] { "b.conf", "a.conf", ".c.conf", "d.conf.bak" })
        {
            Write($"{Directory}/{name}", "port 1"u8);
        }

        Assert.Equal([Directory + "/a.conf", Directory + "/b.conf"], ConfigFile.Find(_files, Directory + "/*.conf"));
        Assert.Equal([Directory + "/.c.conf"], ConfigFile.Find(_files, Directory + "/.*.conf"));
        Assert.Empty(ConfigFile.Find(_files, Directory + "/x*"));
    }

    [Theory]
    [InlineData("/etc/*/x.conf")]
    [InlineData("/nowhere/*.conf")]
    public void Find_DirectoryIsPatternOrMissing_Throws(string pattern) => Assert.ThrowsAny<IOException>(() => ConfigFile.Find(_files, pattern));

    private void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using IFile file = _files.Open(path, FileOpenKind.CreateNew);
        file.Write(bytes, 0);
        file.SyncData();
    }
}
