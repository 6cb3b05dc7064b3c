using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace RespKv.Http.Api;

/// <summary>JSON that leaves while it is written, so that a large reply is not kept a second time.</summary>
internal sealed class ChunkedJson(HttpResponse response, CancellationToken cancel) : IAsyncDisposable
{
    public Utf8JsonWriter Writer { get; } = new(response.BodyWriter, JsonReply.WriterOptions);

    /// <summary>Waits for the client when more than <see cref="HttpLimits.UnsentBytesMax"/> are on their way to it.</summary>
    public async ValueTask FlushIfLargeAsync()
    {
        if (Writer.BytesPending + response.BodyWriter.UnflushedBytes > HttpLimits.UnsentBytesMax)
        {
            await Writer.FlushAsync(cancel).ConfigureAwait(false);
            await response.BodyWriter.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync() => Writer.DisposeAsync();
}
