using System.Text.Json;
using System.Text.Unicode;
using RespKv.Protocol;

namespace RespKv.Http.Api.Keys;

/// <summary>A type of value: how it is read, told as JSON, and made a version of.</summary>
internal sealed class StoredType
{
    public static readonly StoredType String = new("string");
    public static readonly StoredType List = new("list");
    public static readonly StoredType Set = new("set");
    public static readonly StoredType SortedSet = new("zset");
    public static readonly StoredType Hash = new("hash");

    private static readonly StoredType[] All = [String, List, Set, SortedSet, Hash];

    private StoredType(string name) => Name = name;

    /// <summary>As TYPE tells it.</summary>
    public string Name { get; }

    /// <summary>Null: there is none of that name.</summary>
    public static StoredType? Find(string name) => Array.Find(All, type => type.Name == name);

    /// <summary>The command that reads all of it.</summary>
    public ReadOnlyMemory<byte>[] Read(ReadOnlyMemory<byte> key) => Name switch
    {
        "list" => Command.Of("LRANGE"u8, key, Command.Word("0"u8), Command.Word("-1"u8)),
        "set" => Command.Of("SMEMBERS"u8, key),
        "zset" => Command.Of("ZRANGE"u8, key, Command.Word("0"u8), Command.Word("-1"u8), Command.Word("WITHSCORES"u8)),
        "hash" => Command.Of("HGETALL"u8, key),
        _ => Command.Of("GET"u8, key),
    };

    /// <param name="content">What <see cref="Read"/> was replied.</param>
    public string Version(RespValue content)
    {
        if (this == String)
        {
            return VersionHash.OfString(content.Bytes.Span);
        }

        using var hash = new VersionHash(this);
        if (this == List)
        {
            foreach (RespValue item in content.Items)
            {
                hash.Add(item.Bytes.Span);
            }
        }
        else if (this == SortedSet)
        {
            foreach (RespValue pair in content.Items)
            {
                hash.Add(pair.Items[0].Bytes.Span);
                hash.Add(pair.Items[1].Double);
            }
        }
        else
        {
            // In no order of their own: in the order of their bytes.
            int width = this == Hash ? 2 : 1;
            int[] order = [.. Enumerable.Range(0, content.Items.Count / width).Select(i => i * width)];
            Array.Sort(order, (a, b) => content.Items[a].Bytes.Span.SequenceCompareTo(content.Items[b].Bytes.Span));
            foreach (int at in order)
            {
                for (int i = 0; i < width; i++)
                {
                    hash.Add(content.Items[at + i].Bytes.Span);
                }
            }
        }

        return hash.Finish();
    }

    /// <summary>Writes what <see cref="Read"/> was replied; it leaves while it is written.</summary>
    public async Task WriteAsync(ChunkedJson json, RespValue content)
    {
        if (this == String)
        {
            JsonReply.WriteBytes(json.Writer, content.Bytes.Span);
            return;
        }

        if (this == Hash)
        {
            await WriteHashAsync(json, content).ConfigureAwait(false);
            return;
        }

        json.Writer.WriteStartArray();
        foreach (RespValue item in content.Items)
        {
            if (this == SortedSet)
            {
                json.Writer.WriteStartObject();
                json.Writer.WritePropertyName("member"u8);
                JsonReply.WriteBytes(json.Writer, item.Items[0].Bytes.Span);
                json.Writer.WritePropertyName("score"u8);
                JsonReply.Write(json.Writer, item.Items[1]);
                json.Writer.WriteEndObject();
            }
            else
            {
                JsonReply.WriteBytes(json.Writer, item.Bytes.Span);
            }

            await json.FlushIfLargeAsync().ConfigureAwait(false);
        }

        json.Writer.WriteEndArray();
    }

    private static async Task WriteHashAsync(ChunkedJson json, RespValue content)
    {
        bool isText = true;
        for (int i = 0; i < content.Items.Count; i += 2)
        {
            isText &= Utf8.IsValid(content.Items[i].Bytes.Span);
        }

        json.Writer.WriteStartObject();
        if (!isText)
        {
            json.Writer.WriteStartArray("map"u8);
        }

        for (int i = 0; i < content.Items.Count; i += 2)
        {
            if (isText)
            {
                json.Writer.WritePropertyName(content.Items[i].Bytes.Span);
            }
            else
            {
                json.Writer.WriteStartArray();
                JsonReply.WriteBytes(json.Writer, content.Items[i].Bytes.Span);
            }

            JsonReply.WriteBytes(json.Writer, content.Items[i + 1].Bytes.Span);
            if (!isText)
            {
                json.Writer.WriteEndArray();
            }

            await json.FlushIfLargeAsync().ConfigureAwait(false);
        }

        if (!isText)
        {
            json.Writer.WriteEndArray();
        }

        json.Writer.WriteEndObject();
    }
}
