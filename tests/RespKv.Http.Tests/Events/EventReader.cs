namespace RespKv.Http.Tests.Events;

/// <summary>Reads server-sent events from a server.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage response, StreamReader lines)
    {
        _response = response;
        _lines = lines;
    }

    /// <summary>Opens a stream; from its first line on, which has come, changes are told.</summary>
    public static async Task<EventReader> OpenAsync(HttpClient client, string path)
    {
        HttpResponseMessage response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.StartsWith(":", await lines.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("", await lines.ReadLineAsync());
        return new EventReader(response, lines);
    }

    /// <summary>The lines of the next event, or the next comment; null: the stream has ended.</summary>
    public async Task<string[]?> ReadAsync()
    {
        var block = new List<string>();
        while (await _lines.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                return [.. block];
            }

            block.Add(line);
        }

        return null;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _response.Dispose();
    }
}
