using System.Text;
using System.Text.Json;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Api;

public sealed class RangeTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Fact]
    public async Task Range_IsOrdered_FromItsStartToBeforeItsEnd()
    {
        await FillAsync(1, "b", "a", "d", "c", "cc");

        Assert.Equal("a b c cc d", await KeysAsync("db=1"));
        Assert.Equal("b c cc", await KeysAsync("db=1&start=b&end=d"));
        Assert.Equal("cc c b", await KeysAsync("db=1&start=b&end=d&reverse=true"));
        Assert.Equal("c cc", await KeysAsync("db=1&prefix=c"));
        Assert.Equal("cc", await KeysAsync("db=1&prefix=c&start=ca"));
        Assert.Equal("", await KeysAsync("db=1&start=d&end=a"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_HoldEveryKeyOnce(bool reverse)
    {
        int db = reverse ? 3 : 2;
        string[] keys = [.. Enumerable.Range(0, 57).Select(i => $"p:{i:00}")];
        await FillAsync(db, [.. keys, "o", "q"]);
        var seen = new List<string>();
        string cursor = "";
        do
        {
            using JsonDocument page = JsonDocument.Parse(await http.GetJsonAsync($"/v1/kv?db={db}&prefix=p:&limit=10&reverse={(reverse ? "true" : "false")}{cursor}"));
            seen.AddRange(page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()!));
            cursor = page.RootElement.GetProperty("cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);

        Assert.Equal(reverse ? keys.Reverse() : keys, seen);
    }

    [Fact]
    public async Task Prefix_OfBytesAtTheirMaximum_EndsWhereItShould()
    {
        using RawClient resp = await http.Server.ConnectAsync();
        await resp.CallAsync("SELECT", "4");
        foreach (byte[] key in (byte[][])[[0x61, 0xFF], [0x61, 0xFF, 0xFF], [0x62], [0xFF], [0xFF, 0x01]])
        {
            using var request = new MemoryStream();
            RawClient.AppendTo(request, "SET"u8.ToArray(), key, "1"u8.ToArray());
            await resp.SendRawAsync(request.ToArray());
            await resp.ReadAsync();
        }

        Assert.Equal("""{"items":[{"key":{"base64":"Yf8="},"type":"string","ttl":null},{"key":{"base64":"Yf//"},"type":"string","ttl":null}],"cursor":null}""", await http.GetJsonAsync("/v1/kv?db=4&prefix=a%FF"));
        Assert.Equal("""{"items":[{"key":{"base64":"/w=="},"type":"string","ttl":null},{"key":{"base64":"/wE="},"type":"string","ttl":null}],"cursor":null}""", await http.GetJsonAsync("/v1/kv?db=4&prefix=%FF"));
    }

    [Fact]
    public async Task Values_AreThere_WhenTheyAreAskedFor()
    {
        await FillAsync(5, "text");
        (await http.PutAsync("/v1/kv/bytes?db=5&ttl=9007199254740991", "x")).Dispose();
        (await http.PutJsonAsync("/v1/kv/hash?db=5", """{"value":{"f":"1"}}""")).Dispose();
        using JsonDocument page = JsonDocument.Parse(await http.GetJsonAsync("/v1/kv?db=5&values=true"));
        JsonElement[] items = [.. page.RootElement.GetProperty("items").EnumerateArray()];

        Assert.Equal("x", items[0].GetProperty("value").GetString());
        Assert.InRange(items[0].GetProperty("ttl").GetInt64(), 9007199254740991 - 600_000, 9007199254740991);
        Assert.Equal("""{"key":"hash","type":"hash","ttl":null}""", items[1].GetRawText());
        Assert.Equal("""{"key":"text","type":"string","value":"v","ttl":null}""", items[2].GetRawText());
    }

    [Fact]
    public async Task Cursor_OfAnotherRange_DoesNotLeadOutOfThisOne()
    {
        await FillAsync(6, "a1", "a2", "b1", "b2");
        using JsonDocument page = JsonDocument.Parse(await http.GetJsonAsync("/v1/kv?db=6&limit=1"));
        string cursor = page.RootElement.GetProperty("cursor").GetString()!;

        Assert.Equal("b1 b2", await KeysAsync($"db=6&prefix=b&cursor={cursor}"));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=5001")]
    [InlineData("limit=x")]
    [InlineData("cursor=")]
    [InlineData("cursor=eA")]
    [InlineData("cursor=%7B")]
    [InlineData("prefix=%zz")]
    [InlineData("count=5")]
    public async Task Parameter_ThatIsWrong_Is400(string query)
    {
        using HttpResponseMessage response = await http.SendAsync(HttpMethod.Get, "/v1/kv?" + query);

        await HttpFixture.ProblemAsync(response, 400);
    }

    private async Task FillAsync(int db, params string[] keys)
    {
        string items = string.Join(',', keys.Select(key => $$"""{"op":"put","key":"{{key}}","value":"v"}"""));
        using HttpResponseMessage response = await http.SendAsync(HttpMethod.Post, $"/v1/kv:batch?db={db}", new StringContent($$"""{"items":[{{items}}]}""", Encoding.UTF8, "application/json"));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<string> KeysAsync(string query)
    {
        using JsonDocument page = JsonDocument.Parse(await http.GetJsonAsync("/v1/kv?" + query));
        return string.Join(' ', page.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()));
    }
}
